"""Another location or server of the proxy answers than the one meant

## What happens
The proxy answers this path by itself, from files or with a fixed status, while it passes other paths to the application.

## Why
A regular expression wins over a prefix, a longer prefix wins over a shorter one, or the location for the socket stands in
another `server` block. Which one wins depends on the kind of the location, not on the order in the file. A `return`, and one in an
`if` that holds, comes before all of them.

## How we know
The refusal is the proxy's own, and a path that nobody serves is answered by the application. Where the proxy forbids or
redirects, a rule of the right location may do so as well. Where unlike servers share the load, the same handshake works now
and fails then.
With the configuration (`--nginx-config`), both locations are named: the one that takes the path, and the one that
would pass an upgrade on; or the `return` that answers.
In logs nginx looked for a file at this path, or answered it without asking a server.

## What to do
Make the socket's location win: `location = /path` or `location ^~ /path` goes before regular expressions.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import (
    CONFIGURATION,
    as_configured,
    blame,
    cleared_by,
    no_proxy,
    otherwise_directly,
    straight,
    without,
)
from ws101.logs import way
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.sighting import recognise
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured
    from ws101.nginx.tree import Directive

PATCH = """\
location ^~ /your/socket {
    proxy_pass http://your_upstream;
    proxy_http_version 1.1;
    proxy_set_header Host       $http_host;
    proxy_set_header Upgrade    $http_upgrade;
    proxy_set_header Connection "upgrade";
}"""

_OF_ANOTHER_SERVER = frozenset({200, 400, 401, 403, 404, 405, 426, 501})


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.recovers and evidence.status in _OF_ANOTHER_SERVER and not evidence.answered_by_proxy:
        again = Fact(f"sent again unchanged: 101 instead of {evidence.status}", "experiment repeat")
        return Supported(
            Certainty.POSSIBLE, (again, Fact("servers behind one name that differ do so", "both answers"))
        )
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change this path is served", mended)
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.by_direct("direct-nonsense-path"):
        facts = (
            straight(evidence),
            Fact(
                "an application that does not know the path answers exactly so",
                "experiment direct-nonsense-path",
            ),
        )
        return Supported(Certainty.POSSIBLE, facts)
    if otherwise := otherwise_directly(evidence):
        return Supported(Certainty.POSSIBLE, otherwise)
    if not evidence.answered_by_proxy:
        return no_proxy(evidence) or Unknown(CONFIGURATION)
    if evidence.says is Says.MALFORMED and evidence.moves("nonsense-path"):
        text = f"{evidence.proxy} itself answers {evidence.status} at this path, and otherwise at another"
        return Supported(Certainty.POSSIBLE, (Fact(text, "experiment nonsense-path"),))
    if evidence.says not in {Says.NO_ROUTE, Says.FORBIDDEN, Says.METHOD, Says.NOTHING, Says.REDIRECT}:
        return RuledOut("the proxy gives another reason")
    elsewhere = evidence.tried("nonsense-path")
    if elsewhere is None:
        return Unknown(CONFIGURATION)
    other = recognise(elsewhere.answer)
    if evidence.moves("nonsense-path") and other is not None and other.hop is Hop.SERVER:
        facts = (
            Fact(f"{evidence.proxy} answers this path itself: {evidence.status}", "the answer"),
            Fact(f"another path is answered by {other.software} behind it", "experiment nonsense-path"),
        )
        unserved = evidence.says in {Says.NO_ROUTE, Says.NOTHING}
        return Supported(Certainty.LIKELY if unserved else Certainty.POSSIBLE, facts)
    if evidence.says is Says.NO_ROUTE:
        return Supported(
            Certainty.POSSIBLE, (Fact(f"{evidence.proxy} itself answers {evidence.status}", "the answer"),)
        )
    return Unknown(CONFIGURATION)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    """Judge by a location that fits the path and would pass the upgrade on, but gives way to the one that answers."""
    from ws101.nginx.repairs.conditions import misspelt  # loaded where a configuration is

    if hop.level and (line := misspelt(hop.level)) and evidence.asks_upgrade:
        note = "asks for Upgrade in other letters than clients write"
        return blame((line, note), repair=hop.repaired("proxy-routes-elsewhere"))
    if (gate := _returned(evidence, hop)) is not None:
        note = f"has nginx {f'answer {evidence.status}' if evidence.status else 'close the connection'} before anything is passed on"
        held = next((block for block in hop.held if gate in tuple(block.children())), None)
        text = f"Take the line away at {gate.place}, or keep it from the socket's path."
        remedy = Remedy(text, Hop.PROXY)
        return blame((gate, note), (held, "holds for this handshake"), cure=without(gate), remedy=remedy)
    taken, made = hop.route.location, hop.rival
    if hop.sent is not None and hop.sent.upgrades:
        return cleared_by(hop.sent.by, "the location that answers passes the upgrade on")
    if taken is None or taken.directive is None or made is None or made.directive is None:
        return None
    if not (as_configured(evidence, hop) or hop.sent is not None):
        return None
    passed = f"leads to {hop.sent.server} and passes no upgrade on" if hop.sent else "leads to no server"
    lines = (
        (taken.directive, f"takes the path, and {passed}"),
        (made.directive, "would pass the upgrade on, and gives way to the other"),
    )
    return blame(*lines, cure=hop.cure("proxy-routes-elsewhere"))


def _returned(evidence: Evidence, hop: "Configured") -> "Directive | None":
    """Return the `return` by which nginx refuses the handshake in the server that is meant, and not for its method."""
    gate = hop.gate
    if gate is None or gate.name != "return" or not as_configured(evidence, hop):
        return None
    elsewhere = hop.nameless or hop.by_method is not None or evidence.status in range(200, 400)
    return None if elsewhere else gate


# ---- logs


def _past_server(story: Story) -> Entry | None:
    """Return a proxy's 404 that is no page of its own, where no server's log has a line of the request."""
    if any(story.at(*way.BEHIND)):
        return None
    return next((e for e in way.answers(story, Hop.PROXY) if e.status == 404 and not way.page_of(e)), None)


def read(_: Evidence, story: Story) -> Ruling | None:
    heard = hearing.by_words(story, Says.NO_FILE, hops=way.BETWEEN, certainty=hearing.POSSIBLE)
    if heard is not None:
        return heard
    if astray := _past_server(story):
        return hearing.supported(hearing.answered(astray), certainty=hearing.POSSIBLE, rare=True)
    if out := hearing.beyond_proxy(story):
        return out
    entry = way.perhaps_own(story)
    if entry is None or entry.status != 404:
        return hearing.refused_otherwise(story, 404, 200)
    return hearing.supported(hearing.answered(entry), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="proxy-routes-elsewhere",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy("Give the socket a location that wins.", Hop.PROXY, patch=PATCH),
    judge=judge,
    inspect=inspect,
    read=read,
)
