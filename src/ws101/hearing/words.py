"""Facts from the records of logs, and what follows where a hop says in so many words what it found."""

import re

from ws101.cause import Supported
from ws101.logs import way
from ws101.logs.bodies import ENGINEIO
from ws101.logs.entry import Entry, Told
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

LIKELY, POSSIBLE = Certainty.LIKELY, Certainty.POSSIBLE

EVERYWHERE = tuple(Hop)

_LONGEST = 180  # characters of a record that a fact quotes
_QUOTED = 3  # records that one ruling quotes, at most


# ---- facts


def who(entry: Entry) -> str:
    """Return who wrote a record, as a sentence names it."""
    if entry.hop is Hop.CLIENT:
        return "the client"
    if entry.software.startswith("the "):
        return entry.software
    known = entry.software or ("the edge" if entry.hop is Hop.CDN else f"the {entry.hop.value}")
    return f"the server ({known})" if entry.hop in way.BEHIND and entry.software else known


def cite(entry: Entry, text: str) -> Fact:
    """Return a fact that this record shows."""
    return Fact(text, str(entry.place))


def quote(entry: Entry) -> Fact:
    """Return a record in its writer's own words, as a fact; of an answer that is known by its length, what that was."""
    if entry.says is Says.NOTHING and (body := way.body_of(entry)):
        text = shortened(body.at(entry.path.partition("?")[0]))
        return cite(entry, f"the {entry.status} has {entry.size} bytes, as {body.software} answers: {text}")
    return cite(entry, f"{who(entry)} wrote: {shortened(entry.words or first_line(entry.text))}")


def answered(entry: Entry, status: int | None = None) -> Fact:
    """Return what a record tells of the answer, as a fact; a proxy's line alone does not tell who wrote it."""
    number = status or entry.status
    verb, to = _verb(entry, number)
    asked = f" {to} `{entry.method} {entry.path}`" if entry.method and entry.path else ""
    return cite(entry, f"{who(entry)} {verb.format(number)}{asked}")


def _verb(entry: Entry, status: int | None) -> tuple[str, str]:
    if entry.hop is Hop.CLIENT:
        return "met {}", "for"
    if entry.hop in way.BEHIND or entry.upstream == "":
        return "answered {}", "to"
    if status == entry.upstream_status and status not in way.OF_NO_SERVER:
        return "got {} from behind", "for"
    return "logged {}", "for"


def first_line(text: str) -> str:
    """Return the first line of a record that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip(" =-\t")), text.strip())


def shortened(text: str) -> str:
    """Return as much of a text as a sentence bears."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def told_of(entry: Entry) -> Fact:
    """Return a refusal as a fact: in its own words where it has any."""
    return quote(entry) if entry.says is not Says.NOTHING else answered(entry)


# ---- words


def saying(
    story: Story, *says: Says, hops: tuple[Hop, ...] = EVERYWHERE, words: str = ""
) -> tuple[Entry, ...]:
    """Return the records of these hops that say one of these, in words that hold the pattern `words`, if one is given."""
    told = (e for e in story.entries if e.told is not Told.MEANT and not way.is_passed_over(story, e))
    said = (e for e in told if e.says in says and e.hop in hops)
    if not words:
        return tuple(said)
    return tuple(e for e in said if re.search(words, f"{e.words}\n{e.text}", re.IGNORECASE))


def by_length(story: Story, *says: Says) -> tuple[Entry, ...]:
    """Return the records of answers that are as long as one that says one of these; none where a server has said more."""
    if any(e.says is not Says.NOTHING for e in story.at(*way.BEHIND)):
        return ()
    told = ((e, way.body_of(e)) for e in story.at(*way.BETWEEN, *way.BEHIND))
    return tuple(e for e, body in told if body is not None and body.says in says)


def as_answered(story: Story, *says: Says) -> Supported | None:
    """Return what an answer says that is as long as one that says so: likely at a path where hardly anything else answers."""
    heard = by_length(story, *says)
    if not heard:
        return None
    return supported(*map(quote, heard[:_QUOTED]), certainty=LIKELY if own_path(heard[0]) else POSSIBLE)


def as_said_or_answered(story: Story, *says: Says) -> Supported | None:
    """Return what a hop says in so many words, or else an answer by its length."""
    return by_words(story, *says) or as_answered(story, *says)


def own_path(entry: Entry) -> bool:
    """Return whether an answer that is known by its length was given at a path where hardly anything else answers."""
    body = way.body_of(entry)
    return body is not None and body.software == ENGINEIO


def by_words(
    story: Story,
    *says: Says,
    hops: tuple[Hop, ...] = EVERYWHERE,
    words: str = "",
    certainty: Certainty = LIKELY,
    remedy: Remedy | None = None,
    rare: bool = False,
) -> Supported | None:
    """Return what a hop says in so many words: what merely fits is explained by it."""
    heard = saying(story, *says, hops=hops, words=words)
    if not heard:
        return None
    return supported(*map(quote, heard[:_QUOTED]), certainty=certainty, remedy=remedy, rare=rare)


def supported(
    *facts: Fact,
    certainty: Certainty = LIKELY,
    remedy: Remedy | None = None,
    latent: bool = False,
    behind: str = "",
    rare: bool = False,
) -> Supported:
    """Return that logs speak for a cause; what is likely by them explains what merely fits."""
    unlike = tuple(dict.fromkeys(facts))
    named = certainty is LIKELY and not latent
    return Supported(certainty, unlike, remedy, latent=latent, behind=behind, named=named, rare=rare)


def met_status(story: Story, *statuses: int) -> Entry | None:
    """Return the record that tells that the client met one of these statuses."""
    entry = way.met(story)
    return entry if entry is not None and entry.status in statuses else None


def quotes(story: Story, *says: Says) -> tuple[Fact, ...]:
    """Return what hops say so, as facts; empty where none does."""
    return tuple(map(quote, saying(story, *says)[:_QUOTED]))
