"""Three ways to show what a session tells: a board that stays in place, a line for each event, and JSON lines."""

import shutil
import sys
from datetime import datetime
from typing import Protocol, TextIO

import msgspec

from ws101.cli import streams
from ws101.cli.timers_face import clock, rows, sentence
from ws101.redact import printable
from ws101.render.ink import Ink, Style
from ws101.timers import wire
from ws101.timers.client.machine import State
from ws101.timers.client.refusal import Refused, Unreachable
from ws101.timers.client.session import News, Session, Stood, Synced
from ws101.timers.wire import State as Timing

_TURN = 0.2  # seconds between looks at the time left; only what has changed is drawn
_MARKS = {
    State.LIVE: ("●", "*", Style.GOOD),
    State.WAITING: ("○", "o", Style.WARN),
    State.REFUSED: ("✗", "x", Style.BAD),
}


class Display(Protocol):
    """Where a session is shown."""

    turn: float | None  # seconds after which `tick` wants to be called

    def tell(self, news: News, session: Session) -> None:
        """Show what happened."""
        ...

    def tick(self, session: Session) -> None:
        """Show that time has passed."""
        ...

    def end(self) -> None:
        """Leave the terminal as it should be."""
        ...


class Lines:
    """A line for each event, for pipes and logs."""

    turn: float | None = None

    def __init__(self, place: str) -> None:
        self._place = place

    def tell(self, news: News, session: Session) -> None:
        """Write a line, or none for what says nothing new."""
        for line in told(news, session, self._place):
            streams.say(f"{datetime.now().astimezone():%H:%M:%S} {line}\n")

    def tick(self, session: Session) -> None:
        """Nothing: time passes by itself."""

    def end(self) -> None:
        """Nothing is left open."""


class Json:
    """What happens as one JSON object a line: the events as the service sends them, and the connection's state."""

    turn: float | None = None

    def tell(self, news: News, session: Session) -> None:
        """Write the object."""
        match news:
            case Stood():
                said: dict[str, object] = {"type": "Connection", "state": news.state.value}
                if news.wait:
                    said["waitSeconds"] = round(news.wait, 3)
                if news.error and news.state in {State.WAITING, State.REFUSED}:
                    said["problem"] = str(news.error)
                text = msgspec.json.encode(said)
            case Synced():
                text = msgspec.json.encode(
                    {"type": "Lists", "seq": session.mirror.seq, "lists": session.mirror.lists}
                )
            case _:
                text = wire.encode(news)
        streams.say(text.decode() + "\n", always_utf8=True)

    def tick(self, session: Session) -> None:
        """Nothing: time passes by itself."""

    def end(self) -> None:
        """Nothing is left open."""


class Board:
    """All lists, in place on a terminal, with the state of the connection above them; what happened scrolls up and away."""

    turn: float | None = _TURN

    def __init__(self, place: str, ink: Ink, advice: str, stream: TextIO | None = None) -> None:
        self._place, self._ink, self._advice, self._stream = place, ink, advice, stream or sys.stdout
        self._drawn: list[str] = []
        self._live_at = ""

    def tell(self, news: News, session: Session) -> None:
        """Write what is worth keeping above the board, and draw it anew."""
        kept = told(news, session, self._place) if isinstance(news, wire.TimerCompleted) else []
        stamp = f"{datetime.now().astimezone():%H:%M:%S} "
        self._draw([f"{stamp}{line}" for line in kept], session)

    def tick(self, session: Session) -> None:
        """Draw the board anew."""
        self._draw([], session)

    def ring(self) -> None:
        """Ring the terminal's bell."""
        self._write("\a")

    def end(self) -> None:
        """Leave the board where it is."""

    def _draw(self, kept: list[str], session: Session) -> None:
        room = shutil.get_terminal_size((80, 24))
        ink = Ink(min(self._ink.width, room.columns), self._ink.colour, self._ink.ascii_only)
        shown = [self._heading(session, ink), "", *self._body(session, ink)]
        if len(shown) >= room.lines:
            shown = [
                *shown[: room.lines - 2],
                f"({len(shown) - room.lines + 2} more rows; the terminal is too low)",
            ]
        if shown == self._drawn and not kept:
            return
        back = f"\x1b[{len(self._drawn)}F\x1b[J" if self._drawn else ""
        self._write(
            back + "".join(f"{line}\n" for line in (*(ink.cut(line, ink.width) for line in kept), *shown))
        )
        self._drawn = shown

    def _body(self, session: Session, ink: Ink) -> list[str]:
        body = rows(session.mirror.lists, session.service_time(), ink) or self._empty(session)
        if session.state is State.LIVE:
            self._live_at = f"{datetime.now().astimezone():%H:%M:%S}"
        elif self._live_at:
            body += ["", ink.paint(f"As of {self._live_at}; what runs is counted down here.", Style.DIM)]
        if session.state is State.WAITING and isinstance(session.error, Refused | Unreachable):
            body += ["", *ink.wrap(self._advice, ink.width)]
        return body

    def _heading(self, session: Session, ink: Ink) -> str:
        sign, plain, style = _MARKS.get(session.state, ("○", "o", Style.DIM))
        text = f"{plain if ink.ascii_only else sign} {heading(session, self._place)}"
        return ink.paint(ink.cut(text, ink.width), style)

    def _empty(self, session: Session) -> list[str]:
        known = session.mirror.epoch
        return (
            ["You have no lists yet. Make one: ws101 timers new list Work"]
            if known
            else ["Nothing has been heard yet."]
        )

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def heading(session: Session, place: str) -> str:
    """Return the state of the connection in a line, as it is."""
    match session.state:
        case State.LIVE:
            return f"live at {place}"
        case State.WAITING:
            why = printable(str(session.error)).rstrip(".") if session.error else "not connected"
            return f"not live, trying again in {max(session.left(), 0):.0f} s: {why}"
        case State.REFUSED:
            return f"not live: {printable(str(session.error))}"
    return f"{session.state} at {place}"


def told(news: News, session: Session, place: str) -> list[str]:
    """Return the lines that tell what happened; none where there is nothing to tell a person."""
    match news:
        case Stood(state=State.LIVE):
            return [f"live at {place}"]
        case Stood(state=State.WAITING):
            return [f"{printable(str(news.error)).rstrip('.')}; trying again in {max(news.wait, 0.1):.1f} s"]
        case Synced():
            return [line for line in rows(session.mirror.lists, session.service_time(), Ink(80)) if line] or [
                "no lists yet"
            ]
        case wire.TimerCompleted():
            name, late = (
                printable(session.mirror.name_of(news.list_id)),
                (news.fired_at - news.due_at) // 1000,
            )
            behind = f", {clock(late)} ago" if late > 1 else ""
            return [f"{printable(news.timer.name)}{f' ({name})' if name else ''} is over{behind}"]
        case wire.TimerUpdate():
            if news.timer.state is Timing.COMPLETED:
                return []  # TimerCompleted tells it
            return [sentence(news.timer, session.service_time())]
        case wire.TimerListUpdate():
            return [f"the list {printable(news.timer_list.name)} was {news.action}"]
        case wire.NotificationWithdrawn():
            return []
    return []
