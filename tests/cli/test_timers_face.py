import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timers.client.building import completed, timer, timer_list, update
from ws101.cli.timers_board import Board, Json, Lines, told
from ws101.cli.timers_face import clock, rows, sentence
from ws101.render.ink import Ink, columns
from ws101.timers.client.machine import State
from ws101.timers.client.mirror import Mirror
from ws101.timers.client.refusal import Ended, Interrupted, Unreachable
from ws101.timers.client.session import Session, Stood, Synced
from ws101.timers.wire import State as Timing

LIST = timer_list(
    timer("Focus", Timing.RUNNING, due_at=100_000, duration=1_500_000),
    timer("Break", Timing.PAUSED, remaining_seconds=5, order=1),
    timer("Long", enabled=False, order=2),
    timer("Done", Timing.COMPLETED, remaining_seconds=0, order=3),
    loop_timers=True,
)


def test_lists_as_rows():
    assert rows([LIST, timer_list(name="Empty")], 40_001, Ink(80)) == [
        "Work  loops",
        "  ▶ Focus      1:00 of 25:00    runs",
        "  ‖ Break      0:05 of 1:00     paused",
        "  · Long       1:00 of 1:00     off",
        "  ✓ Done       0:00 of 1:00     over",
        "",
        "Empty",
        "  (no timers)",
    ]


def test_without_unicode_every_mark_has_another():
    assert all(row.isascii() for row in rows([LIST], 0, Ink(80, ascii_only=True)))


@given(st.text(max_size=60), st.integers(40, 120), st.sampled_from(sorted(Timing)))
def test_a_row_never_wraps_and_never_moves_the_terminal(name, width, state):
    for row in rows([timer_list(timer(name or "x", state, enabled=False), name=name or "x")], 0, Ink(width)):
        assert columns(row) <= width
        assert row.isprintable()


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (65, "1:05"), (3600, "1:00:00"), (604_800, "168:00:00")]
)
def test_a_clock(seconds, shown):
    assert clock(seconds) == shown


def test_a_sentence_for_each_state():
    said = [sentence(each, 40_000) for each in LIST.timers]
    assert said == [
        "Focus runs: 1:00 left",
        "Break is paused: 0:05 left",
        "Long is idle: 1:00 of 1:00",
        "Done is over",
    ]


# ---- displays


class Silent:
    """A session that does nothing, in a state of the test's choice."""

    def __new__(cls, state=State.LIVE, error=None, lists=(LIST,)):
        session = Session(None, None, None, None, device="d")
        session.state, session.error, session.mirror = state, error, Mirror("e1", 3, lists)
        return session


OVER = completed(4, timer("Focus", Timing.COMPLETED))


def test_a_line_for_each_event():
    session = Silent()
    assert told(OVER, session, "dev") == ["Focus (Work) is over"]
    assert told(update(4, OVER.timer), session, "dev") == []
    assert told(update(4, LIST.timers[1]), session, "dev") == ["Break is paused: 0:05 left"]
    assert told(Stood(State.LIVE), session, "dev") == ["live at dev"]
    assert told(Stood(State.CONNECTING), session, "dev") == []
    waiting = Stood(State.WAITING, Unreachable("h:1", "nothing listens there"), 2.34)
    assert told(waiting, session, "dev") == [
        "h:1 cannot be reached: nothing listens there; trying again in 2.3 s"
    ]
    assert told(Synced(), Silent(lists=()), "dev") == ["no lists yet"]


def test_json_lines(capsys):
    session = Silent()
    for news in (Stood(State.WAITING, Interrupted("why"), 1.0), Synced(), OVER):
        Json().tell(news, session)
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0]
        == '{"type":"Connection","state":"waiting","waitSeconds":1.0,"problem":"the connection was lost: why"}'
    )
    assert lines[1].startswith('{"type":"Lists","seq":3,"lists":[{"id":"l-work"')
    assert lines[2].startswith('{"type":"TimerCompleted","seq":4,"epoch":"e1","eventId":"ev-4"')


def test_lines_have_the_time_of_day(capsys):
    Lines("dev").tell(OVER, Silent())
    assert re.fullmatch(r"\d\d:\d\d:\d\d Focus \(Work\) is over\n", capsys.readouterr().out)


def _drawn(stream):
    """What a terminal shows of it: every drawing takes the one before away."""
    screen = []
    for piece in re.split(r"(\x1b\[\d+F\x1b\[J)", stream.getvalue()):
        back = re.fullmatch(r"\x1b\[(\d+)F\x1b\[J", piece)
        screen = screen[: len(screen) - int(back[1])] if back else [*screen, *piece.splitlines()]
    return screen


def test_the_board_stays_in_place_and_what_is_over_scrolls_away():
    stream = io.StringIO()
    board, session = Board("dev", Ink(80), "Find out why: …", stream), Silent()
    board.tell(Synced(), session)
    board.tick(session)
    first = stream.getvalue()
    board.tick(session)
    assert stream.getvalue() == first, "what has not changed is not drawn"
    board.tell(OVER, session)
    shown = _drawn(stream)
    assert re.fullmatch(r"\d\d:\d\d:\d\d Focus \(Work\) is over", shown[0])
    assert shown[1] == "● live at dev"
    assert shown.count("Work  loops") == 1


def test_the_board_says_when_it_is_not_live():
    stream = io.StringIO()
    board = Board("dev", Ink(80), "Find out why: …", stream)
    board.tell(Stood(State.LIVE), Silent())
    error = Unreachable("h:1", "nothing listens there")
    board.tell(Stood(State.WAITING, error, 3), Silent(State.WAITING, error))
    shown = _drawn(stream)
    assert shown[0].startswith("○ not live, trying again in 0 s: h:1 cannot be reached")
    assert re.fullmatch(r"As of \d\d:\d\d:\d\d; what runs is counted down here.", shown[-3])
    assert shown[-1] == "Find out why: …"


def test_the_board_says_that_it_was_refused():
    stream = io.StringIO()
    Board("dev", Ink(80), "", stream).tell(
        Stood(State.REFUSED), Silent(State.REFUSED, Ended(4403, "user-locked"))
    )
    assert _drawn(stream)[0].startswith(
        "✗ not live: the service closed the connection (4403 user-locked): the account"
    )


def test_a_board_that_is_too_high_for_the_terminal_is_cut(monkeypatch):
    monkeypatch.setenv("LINES", "6")
    monkeypatch.setenv("COLUMNS", "80")
    stream = io.StringIO()
    Board("dev", Ink(80), "", stream).tell(Synced(), Silent())
    assert len(_drawn(stream)) == 5
    assert _drawn(stream)[-1] == "(3 more rows; the terminal is too low)"
