"""How handshakes ended, and why: each by itself, then together, for many tell what one does not. Counts and reads nothing."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ws101.hearing import host_of, lasted, naming_host
from ws101.logs import way
from ws101.logs.entry import Told
from ws101.logs.story import Story
from ws101.logs.tally import Measure, Names
from ws101.report import ENDED, NAMELESS, UNTOLD, Finding
from ws101.terms import Certainty, Hop

_LONG = 1.0  # seconds; what ended sooner was never idle
_BY_CHANCE = 10  # one of so many long ones, and more seldom: all lengths that look like a time-out are a few in a hundred
_TELLING = (
    10  # so many handshakes of which no more than a guess is known weigh as much as one whose cause is likely
)
_BY_LENGTH = "idle-timeout"  # where it is merely possible, the socket's length is all that speaks for it


class Ending(NamedTuple):
    """How handshakes ended, and why; `cause` is empty where it is not known."""

    outcome: str
    status: int | None
    cause: str
    certainty: Certainty | None

    @property
    def works(self) -> bool:
        return self.status == 101 and not self.cause

    @property
    def by_length(self) -> bool:
        """Whether nothing but its length speaks for what became of the socket."""
        return self.cause == _BY_LENGTH and self.certainty is Certainty.POSSIBLE

    def rank(self, count: int) -> tuple[int, int]:
        """Where so many that ended so are told: what fails first, and of that the most; a likely cause counts for more.

        What may be no handshake comes last, for every address on the Internet is met by scanners.
        """
        tells = self.certainty is not None and self.certainty is not Certainty.POSSIBLE
        untold = self.outcome in {UNTOLD, ENDED} and not self.cause
        later = 3 if self.outcome == NAMELESS else 2 if self.works else int(untold)
        return (later, -count * (_TELLING if tells else 1))


class Ended(NamedTuple):
    """Handshakes that ended alike, one of them, and how many, when, whose and for which host they are."""

    ending: Ending
    story: Story
    measure: Measure


def ended(ending: Ending, story: Story, measure: Measure) -> Ended:
    """Return handshakes of one kind, which ended so: this one's host is that of all, if a log names it."""
    naming = naming_host(story)
    hosts = Names(Counter({host_of(naming): measure.count} if naming else {}))
    return Ended(ending, story, replace(measure, hosts=hosts))


def ending(story: Story, findings: Sequence[Finding]) -> Ending:
    """Return how a handshake ended for which these causes were found."""
    found = next(iter(fitting(story, findings)), None)
    cause, certainty = (found.cause, found.certainty) if found else ("", None)
    return Ending(_outcome(story), story.status, cause, certainty)


def fitting(story: Story, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that may be why a handshake ended so; what is latent refused none, and may yet break one that works."""
    return tuple(finding for finding in findings if story.works or not finding.latent)


def settled(every: Sequence[Ended]) -> tuple[Ended, ...]:
    """Return what is left when all are looked at together.

    Sockets end after any time, and some by chance after as long as a usual time-out: where nothing else speaks for one, and
    nearly all others lasted otherwise, these ended like them.
    """
    cut = sum(one.measure.count for one in every if one.ending.by_length)
    otherwise = [one for one in every if one.ending.works and (lasted(one.story) or 0.0) >= _LONG]
    if not otherwise or cut * _BY_CHANCE > cut + sum(one.measure.count for one in otherwise):
        return tuple(every)
    like = max(otherwise, key=lambda one: one.measure.count)
    return tuple(like._replace(measure=one.measure) if one.ending.by_length else one for one in every)


def _outcome(story: Story) -> str:
    if story.works:
        return "works"
    if story.nameless:
        return NAMELESS
    if story.status is not None or any(story.telling(Told.ANSWERED)):
        return "refused"
    if way.opened(story) is not None:
        return ENDED
    if not any(story.telling(Told.WRONG)):
        return UNTOLD
    by_client = any(entry.told is Told.WRONG for entry in story.at(Hop.CLIENT))
    return "failed before an answer" if by_client else "failed, and no log tells the answer"
