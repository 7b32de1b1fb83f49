"""What the length of an answer says: nginx's own pages are known by it."""

from ws101.cause import RuledOut, Ruling
from ws101.hearing.words import LIKELY, POSSIBLE, cite, supported
from ws101.logs import way
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop

_RARE_PAGES = frozenset(
    {Says.PLAIN_HTTP_TO_TLS, Says.CLIENT_CERTIFICATE_MISSING, Says.CLIENT_CERTIFICATE_BAD}
)


def by_page(story: Story, says: Says, *, remedy: Remedy | None = None) -> Ruling | None:
    """Judge by the length of nginx's own page: likely where no other page is as long, nor plausibly a server's answer."""
    if any(way.answers(story, *way.BEHIND)):
        return None
    for entry in way.answers(story, Hop.PROXY):
        meant = way.page_of(entry)
        if meant:
            return _by_length(story, entry, says, meant, remedy)
        if entry.software == "nginx" and entry.status == 400 and entry.size is not None:
            return RuledOut(
                f"the answer has {entry.size} bytes, and nginx's page for this another length ({entry.place})"
            )
    return None


def _by_length(
    story: Story, entry: Entry, says: Says, meant: tuple[Says, ...], remedy: Remedy | None
) -> Ruling:
    if says not in meant:
        return RuledOut(
            f"the answer is as long as nginx's page for something else: {meant[0].value} ({entry.place})"
        )
    fact = cite(entry, f"the {entry.status} has {entry.size} bytes, as nginx's own page has: {says.value}")
    alone = entry.upstream == "" or way.silent(story, Hop.SERVER) is not None
    rare = says in _RARE_PAGES  # a server's own answer would have to have these very bytes
    sure = meant == (says,) and (rare or (alone and says is not Says.MALFORMED))
    return supported(fact, certainty=LIKELY if sure else POSSIBLE, remedy=remedy)
