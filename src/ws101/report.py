"""The leaf values that a diagnosis is told in: what a report holds, and nothing about how it was found or is shown."""

from msgspec import Struct

from ws101.terms import Certainty, Family, Fate, Hop, Outcome, StepState

SCHEMA = "ws101.report/1"


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a report; a saved one with another field than these is refused."""


class Fact(Part, frozen=True):
    """One thing that was seen, and where: an experiment, a byte range, a certificate, the token."""

    text: str
    source: str


class Remedy(Part, frozen=True):
    """What to change, and at which hop it `applies`; `patch` is text to put there, `command` a line to run."""

    text: str
    applies: Hop
    patch: str | None = None
    command: str | None = None


class CodeLine(Part, frozen=True):
    """One line of a user's own file, by its number; a `note` marks a line that is to blame, or belongs to one.

    `start` and `end` are the columns, from 0, of what the note speaks of.
    """

    number: int
    text: str
    note: str = ""
    start: int = 0
    end: int = 0


class Excerpt(Part, frozen=True):
    """Some lines of a user's own file, one after another; those with a note are to blame, `number` is the decisive one."""

    file: str
    number: int
    lines: tuple[CodeLine, ...]

    @property
    def marked(self) -> tuple[CodeLine, ...]:
        """The lines with a note, the decisive one first."""
        noted = (line for line in self.lines if line.note)
        return tuple(sorted(noted, key=lambda line: line.number != self.number))


class Finding(Part, frozen=True):
    """One cause that the evidence supports; `where` shows the lines of a configuration that are to blame, if one was given.

    `latent` says that it is not what refused this handshake, but is seen to refuse it next.
    """

    cause: str
    hop: Hop
    certainty: Certainty
    title: str
    facts: tuple[Fact, ...]
    remedy: Remedy
    where: tuple[Excerpt, ...] = ()
    latent: bool = False


class Cleared(Part, frozen=True):
    """A cause that the evidence rules out; `experiment` names the probe that did, or is empty."""

    cause: str
    why: str
    experiment: str = ""


class NotTested(Part, frozen=True):
    """A cause that nobody could look at; `need` is the evidence that would tell."""

    cause: str
    need: str


class Step(Part, frozen=True):
    """One hop of the trail; `ms` is the time spent there, or None."""

    hop: Hop
    state: StepState
    detail: str
    ms: float | None = None


class Trial(Part, frozen=True):
    """One experiment as it is told: what was changed, and what was seen.

    `works` says whether the handshake reached a 101 that a strict client keeps; None where only the status is known.
    """

    name: str
    family: Family
    change: str
    outcome: str
    status: int | None
    ms: float | None
    works: bool | None = None


class FrameLine(Part, frozen=True):
    """One line of the exchange as it went over the wire; a `note` marks the line it stands beside."""

    text: str
    note: str = ""


class Exchange(Part, frozen=True):
    """The user's own handshake: the request's head as sent, and the answer's head and the start of its body."""

    sent: tuple[FrameLine, ...]
    received: tuple[FrameLine, ...]


class Passage(Part, frozen=True):
    """One part of a request, a field or a word of its first line: as sent, and as seen; None where it was not there."""

    part: str
    sent: str | None
    seen: str | None
    fate: Fate


class Crossing(Part, frozen=True):
    """The handshake as it was sent, beside what the server's own record, named `trace`, says that it saw."""

    trace: str
    passages: tuple[Passage, ...]


class LogLine(Part, frozen=True):
    """One line of a log that was given, and the hop that wrote it; a `note` says what it shows."""

    hop: Hop
    place: str
    time: float | None
    text: str
    note: str = ""


class Silent(Part, frozen=True):
    """A log that covers the moment and has no line of the handshake; `sure` says that this is evidence."""

    hop: Hop
    source: str
    sure: bool
    why: str
    setting: str = ""


class Account(Part, frozen=True):
    """What the logs tell of one handshake, in the order of the wire; `joined` says by what the lines were joined.

    `doubts` are sentences of what may be of this handshake or of another one.
    """

    lines: tuple[LogLine, ...]
    joined: tuple[str, ...] = ()
    silent: tuple[Silent, ...] = ()
    contradictions: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


UNTOLD = "no log tells what became of it"
ENDED = "opened, then ended"
NAMELESS = "connections that name no request"  # a handshake's, or anything's, as a scanner's


class Group(Part, frozen=True):
    """Handshakes in the logs that ended alike and for one cause; `cause` is empty where none is known, or they work.

    Of those whose `outcome` is UNTOLD, or ENDED without a cause, it is not known whether anything failed.

    `first` and `last` are seconds since the epoch; `clients`, `paths` and `hosts` map each to its number, the most
    frequent first; of `other_clients` and `other_paths` handshakes theirs is none of those. `over_time` counts them in
    equal parts of the whole time that the logs span.
    """

    outcome: str
    status: int | None
    cause: str
    certainty: Certainty | None
    count: int
    first: float | None
    last: float | None
    clients: tuple[tuple[str, int], ...]
    paths: tuple[tuple[str, int], ...]
    over_time: tuple[int, ...]
    account: Account | None = None
    hosts: tuple[tuple[str, int], ...] = ()
    other_clients: int = 0
    other_paths: int = 0


class LogSource(Part, frozen=True):
    """A log that was read, or could not be: `problem` says why. `offset` is how far its clock is ahead, in seconds.

    `passed_over` counts bytes that bear no sign of a handshake and were not looked at any closer, `samples` are lines
    that no format could read, where they were asked for. `zoned` is false where none of its times names a zone: then `first`
    and `last` read their digits as UTC. `ours` counts records of handshakes that ws101 itself sent, by their mark, and that
    are left out.
    """

    source: str
    hop: Hop | None
    format: str
    lines: int
    entries: int
    unknown: int
    first: float | None = None
    last: float | None = None
    offset: float | None = None
    problem: str = ""
    passed_over: int = 0
    samples: tuple[str, ...] = ()
    zoned: bool = True
    ours: int = 0


class Chronicle(Part, frozen=True):
    """What logs tell of many handshakes: which sources were read, and what became of the handshakes in them."""

    sources: tuple[LogSource, ...]
    groups: tuple[Group, ...]
    first: float | None
    last: float | None


class TargetInfo(Part, frozen=True):
    """What was asked about; `url` is without its secrets."""

    url: str
    host: str
    port: int
    path: str
    scheme: str


class Report(Part, frozen=True):
    """One diagnosis, complete; `findings` are ranked and the first one is the verdict.

    `examined` and `unexamined` say in sentences what a working handshake was and was not tested for; `next_steps`
    are commands or sentences for the reader. `seen` is there where a server told what it saw of the handshake, `account`
    where logs tell of it, and `chronicle` where logs of many handshakes were read.
    """

    target: TargetInfo
    outcome: Outcome
    status: int | None
    summary: str
    findings: tuple[Finding, ...]
    ruled_out: tuple[Cleared, ...]
    not_tested: tuple[NotTested, ...]
    trail: tuple[Step, ...]
    experiments: tuple[Trial, ...]
    exchange: Exchange | None
    examined: tuple[str, ...] = ()
    unexamined: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    redacted: bool = True
    incomplete: bool = False
    seen: Crossing | None = None
    account: Account | None = None
    chronicle: Chronicle | None = None

    @property
    def verdict(self) -> Finding | None:
        return self.findings[0] if self.findings else None

    @property
    def exit_status(self) -> int:
        """The command line's exit status: 0 works, 1 a problem was found, 3 not enough could be tested."""
        if self.findings:
            return 1
        return 3 if self.incomplete or self.outcome is not Outcome.CONNECTED else 0
