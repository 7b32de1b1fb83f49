"""What a configuration did on real nginx with one handshake, as it is and with edits; judges no cause, and runs nothing."""

from msgspec import Struct

from ws101.handshake.incoming import Incoming
from ws101.nginx.ask import Ask, Version
from ws101.nginx.circumstance import SOUND, Circumstance, State
from ws101.nginx.tree import Directive


class Performance(Struct, frozen=True):
    """What the user's configuration did on real nginx: its answer, and the request's head as the server behind got it.

    `trouble` says why it was not tried, or holds nginx's own words where it does not start. `cut` tells after how many seconds
    a silent socket was closed. `flaw` says what of a 101 no client takes.
    """

    status: int | None = None
    head: Incoming | None = None
    trouble: str = ""
    cut: float | None = None
    flaw: str = ""

    @property
    def works(self) -> bool:
        """Whether a 101 came that a client takes."""
        return self.status == 101 and not self.flaw

    @property
    def text(self) -> str:
        """The answer in a word or two."""
        return f"{self.status or 'no answer'}{f' with a flaw: {self.flaw}' if self.flaw else ''}"


class Rehearsal(Struct, frozen=True):
    """The user's configuration in a sandbox, as it is and with the edits that are to mend it.

    `asked` is the handshake, `left_out` are directives that the nginx there does not know or must not run. `given` is the
    circumstance, and without `edited` what was changed is that every server was in order.
    """

    nginx: Version
    before: Performance
    after: Performance
    asked: Ask
    left_out: tuple[Directive, ...] = ()
    given: Circumstance = SOUND
    edited: bool = True

    def resembles(self, status: int | None) -> bool:
        """Whether the configuration did here what the wire showed, where it is nginx's to do or a circumstance was set up for it.

        What the server behind answers is not theirs in a sandbox; a bare end may be another status past an outer proxy.
        """
        by_server = self.before.head is not None or self.before.status is None
        return self.before.status == status or (self.given == SOUND and by_server)

    @property
    def unmasks(self) -> bool:
        """Whether the edits alone brought the server's own refusal to light."""
        hidden = self.given.state is State.ANSWERS and self.before.status != self.given.status
        return self._ran and hidden and self.after.status == self.given.status

    @property
    def outlasts(self) -> bool:
        """Whether the edits alone kept a silent socket open that was cut."""
        opened = self.before.status == self.after.status == 101
        return self._ran and opened and self.before.cut is not None and self.after.cut is None

    @property
    def opens(self) -> bool:
        """Whether the edits alone turned another answer into a 101."""
        return self._ran and not self.before.works and self.after.works

    @property
    def falls_short(self) -> bool:
        """Whether nginx itself refuses in spite of the edits, so that they alone cure nothing."""
        refuses = self.after.head is None and self.after.status not in {None, 101}
        return self._ran and self.edited and refuses and not self.unmasks

    def brings(self, *parts: str) -> tuple[tuple[str, str | None, str | None], ...]:
        """Return those of these parts of the request that the edits alone bring to the server as they were sent.

        Each is a field's name, or "target", with what arrived before and after.
        """
        before, after = self.before.head, self.after.head
        if not self._ran or before is None or after is None:
            return ()
        arrived = ((part, _part(before, part), _part(after, part)) for part in parts)
        return tuple(one for one in arrived if one[1] != one[2] == self._asked(one[0]))

    def kept(self, *parts: str) -> tuple[str, ...]:
        """Return those of these parts that were sent, and that the server of the second trial got so."""
        head = self.after.head
        return tuple(
            part for part in parts if head and self._asked(part) and _part(head, part) == self._asked(part)
        )

    @property
    def _ran(self) -> bool:
        return not self.before.trouble and not self.after.trouble

    def _asked(self, part: str) -> str | None:
        if part == "target":
            return self.asked.target
        if part.lower() == "x-forwarded-proto":
            return self.asked.scheme
        return self.asked.headers.get(part) or None


def _part(head: Incoming, part: str) -> str | None:
    return head.target if part == "target" else head.headers.get(part) or None
