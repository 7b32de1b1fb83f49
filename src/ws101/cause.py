"""The shape of a cause, and the three answers that judging the evidence can give."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from ws101.evidence import Evidence
from ws101.private import Private
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured
    from ws101.logs.story import Story
    from ws101.nginx.circumstance import Circumstance
    from ws101.nginx.edit import Edit
    from ws101.nginx.tree import Directive


class Marked(NamedTuple):
    """A line of the user's configuration, and what it does to this handshake."""

    directive: "Directive"
    note: str


class Supported(Private, frozen=True):
    """The evidence speaks for the cause; `certainty` as terms.Certainty defines it. `remedy` overrides the page's.

    `latent` says that it is not what refused this handshake but is seen to refuse it next; `behind` names a finding
    that this one may be the deeper reason of, so that the two stand together. `named` says that the refusal itself names
    it in a problem document: what merely fits is explained by that. `lines` are those of a configuration that are to
    blame, and `cure` the edits of it that take the cause away; `shown` says that they alone make the cause likely, `joins`
    that they do so together with what the wire shows. `hop` is whose configuration it is, and `given` what stands around
    it that is to be set up where it is tried. `rare` says that it fits, and is seldom so: what fits alike comes before it.
    """

    certainty: Certainty
    facts: tuple[Fact, ...]
    remedy: Remedy | None = None
    latent: bool = False
    behind: str = ""
    named: bool = False
    lines: tuple[Marked, ...] = ()
    cure: "tuple[Edit, ...]" = ()
    hop: "Configured | None" = None
    shown: bool = False
    joins: bool = False
    given: "Circumstance | None" = None
    rare: bool = False


class RuledOut(Struct, frozen=True):
    """The evidence speaks against the cause; `experiment` names the probe that cleared it, if one did."""

    why: str
    experiment: str = ""


class Unknown(Struct, frozen=True):
    """Nobody looked, or looking could not tell; `need` is the evidence that would."""

    need: str


Ruling = Supported | RuledOut | Unknown


class Cause(Struct, frozen=True):
    """One way in which a handshake fails; `slug` completes "the handshake failed because of …".

    `page` is the module's docstring: a title, then the sections "What happens", "Why", "How we know", "What to do".
    `generic` causes say what was seen and no more: any other cause of the same certainty goes before them.
    `inspect` judges by a configuration alone, where one can show the cause, and `read` by what logs tell of the handshake;
    None is no opinion.
    """

    slug: str
    hop: Hop
    page: str | None
    remedy: Remedy
    judge: Callable[[Evidence], Ruling]
    generic: bool = False
    inspect: "Callable[[Evidence, Configured], Ruling | None] | None" = None
    read: "Callable[[Evidence, Story], Ruling | None] | None" = None

    @property
    def title(self) -> str:
        return (self.page or self.slug).strip().splitlines()[0].rstrip(".")
