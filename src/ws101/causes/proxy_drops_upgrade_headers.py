"""The proxy does not pass Upgrade and Connection on

## What happens
The client asks for the upgrade, the application sees a plain GET with a Sec-WebSocket-Key. What it answers depends on
the library: 400, 404, 426, 505 or a page with 200.

## Why
Upgrade and Connection are hop-by-hop: a proxy drops them unless it is told to pass them on (RFC 9110, 7.6.1). nginx has
to set both in the location that serves the socket, and to speak HTTP/1.1 upstream (its default since 1.29.7).

## How we know
The answer says that no upgrade arrived, though one was sent; or it is the answer that a plain GET gets, and the same for
`Sec-WebSocket-Version: 99`, which every WebSocket layer refuses in its own way. With --direct: the server accepts the
handshake, and answers a plain GET exactly as the proxy's way answers the handshake. A server that keeps a record of what
it saw, as the timer service does, shows it outright.
With the configuration (`--nginx-config`), the location is named whose lines set neither.
In logs one hop saw `Upgrade`, and the server a request without it; or the server says that none came, or answers with as many
bytes as it does then. A server that logs nothing before the upgrade leaves a bare 400, which fits.

## What to do
Set both headers, and HTTP/1.1, in the location that serves the socket; reload the proxy; check that the running
configuration is the one in the file (`nginx -T`).
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import (
    CONFIGURATION,
    blame,
    crossed,
    garbled,
    no_proxy,
    past_upgrade,
    straight,
    told,
    upgrade_fault,
)
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Fate, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

PATCH = """\
# in http {}
map $http_upgrade $connection_upgrade {
    default upgrade;
    ""      "";
}

# in server {}
location /your/socket {
    proxy_http_version 1.1;
    proxy_set_header Upgrade    $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header Host       $http_host;
    proxy_pass http://your_upstream;
}"""

_FIELDS = ("Upgrade", "Connection")

REMEDY = Remedy(
    "Pass Upgrade and Connection on, over HTTP/1.1, in the location of the socket.", Hop.PROXY, patch=PATCH
)


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("an upgrade passes the proxy")
    if evidence.mends("without-forward-proxy"):
        return RuledOut("without the forward proxy it works", "without-forward-proxy")
    astray = crossed(evidence, "Upgrade", "Connection")
    if any(passage.fate is Fate.LOST for passage in astray):
        return Supported(Certainty.LIKELY, tuple(map(told, astray)), _remedy(evidence))
    if evidence.record is not None:
        return RuledOut("the server's own record has them")
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change an upgrade passes", mended)
    if shown := evidence.by_direct("direct-plain-get"):
        fact = Fact(
            "asked directly, the server answers a plain GET exactly so", "experiment direct-plain-get"
        )
        return Supported(shown, (straight(evidence), fact), _remedy(evidence))
    # With the same status and another text, the server may see a Connection that is not the client's, such as close.
    plain = evidence.tried("direct-plain-get")
    if evidence.mends("direct") and plain and plain.status != evidence.status:
        return RuledOut("asked directly, the server answers a plain GET otherwise", "direct-plain-get")
    if evidence.moves("version-99"):
        return RuledOut(
            "version 99 is answered otherwise, so Upgrade reaches a WebSocket layer", "version-99"
        )
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    certainty = evidence.upgrade_unseen
    if certainty is None:
        return Unknown(f"--direct URL of the server behind the proxy, or {CONFIGURATION}")
    if certainty is Certainty.POSSIBLE and (unseen := no_proxy(evidence)):
        return unseen
    return Supported(certainty, _facts(evidence), _remedy(evidence))


def _remedy(evidence: Evidence) -> Remedy:
    """Return the remedy for the very path that was asked for."""
    path = (
        evidence.baseline.sending.request.path
        if evidence.baseline
        else evidence.target.path.partition("?")[0]
    )
    return replace(REMEDY, patch=PATCH.replace("/your/socket", path or "/"))


def _facts(evidence: Evidence) -> tuple[Fact, ...]:
    facts = [Fact("Upgrade: websocket and Connection: Upgrade were sent", "the request as sent")]
    if evidence.author and evidence.says is not Says.NOTHING:
        facts.append(Fact(f"{evidence.author.software} answers: {evidence.author.says.value}", "the answer"))
    if evidence.same("plain-get"):
        facts.append(Fact("a plain GET gets the same answer", "experiment plain-get"))
    if evidence.same("version-99"):
        facts.append(
            Fact("version 99 gets the same answer: no WebSocket layer saw it", "experiment version-99")
        )
    if evidence.proxy:
        facts.append(Fact(f"{evidence.proxy} stands in front", "the answers' marks"))
    return tuple(facts)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    found = upgrade_fault(evidence, hop, "proxy-drops-upgrade-headers")
    if found is None or isinstance(found, RuledOut):
        return found
    from ws101.nginx.repairs.order import misfit  # loaded where a configuration is

    assert hop.sent
    lacking = [name for name in _FIELDS if hop.set_by(name) is None]
    note = f"passes the handshake on without {' and '.join(lacking)}: no line in force here sets {'it' if len(lacking) == 1 else 'them'}"
    bare = (hop.sent.by if lacking else None, note)
    other = misfit(hop.route)
    elsewhere = (
        other.directive if other else None,
        "would pass it on to another server, and does not fit this path",
    )
    return replace(
        blame(bare, *garbled(hop, *_FIELDS), elsewhere, cure=found.edits), latent=past_upgrade(evidence)
    )


# ---- logs


_OF_NO_UPGRADE = (Says.NO_UPGRADE, Says.NOT_A_HANDSHAKE, Says.PLAIN_NOT_FOUND, Says.ENGINEIO_BAD_REQUEST)
_HIDE = frozenset(
    {"uvicorn", "hypercorn", "daphne", "the server"}
)  # whose 404 may be of a request without upgrade
_STATUSES = frozenset({400, 404, 426})


def read(evidence: Evidence, story: Story) -> Ruling | None:
    ruling = _read(story)
    return replace(ruling, remedy=_remedy(evidence)) if isinstance(ruling, Supported) else ruling


def _read(story: Story) -> Ruling | None:
    if out := hearing.before_server(story) or hearing.over_http2(story) or _innocent(story):
        return out
    if passage := hearing.lost_on_the_way(story, "Upgrade"):
        return hearing.supported(*passage)
    if shown := _without(story) or _by_refusal(story):
        return shown
    if way.fronted(story) and (bare := hearing.bare_404(story)):
        return hearing.supported(hearing.answered(bare), certainty=hearing.POSSIBLE, rare=True)
    return _bare(story)


def _innocent(story: Story) -> RuledOut | None:
    """Rule it out where the client sent none, or the server saw it, whatever its value."""
    if fact := hearing.sent_without(story, "Upgrade"):
        return RuledOut(f"the client sent none: {fact.text} ({fact.source})")
    return hearing.upgrade_arrived(story)


def _without(story: Story) -> Supported | None:
    """Judge by the server's own list of the fields: a key without its upgrade has lost it, for no client sends it so."""
    entry = way.telling(story, "Upgrade", *way.BEHIND)
    if entry is None:
        return None
    front, key = way.fronted(story), way.field(entry, "Sec-WebSocket-Key") or entry.identity.get("key")
    facts = [hearing.cite(entry, "the server saw a request without `Upgrade`")]
    if key:
        facts.append(hearing.cite(entry, "and with a Sec-WebSocket-Key, which clients send beside it"))
    if front is not None and front is not entry:
        facts.append(hearing.cite(front, f"{hearing.who(front)} stands in front"))
    meant = way.telling_meant(story, "Upgrade")
    if meant is not None:
        facts.append(hearing.cite(meant, "the client means to send `Upgrade`"))
    sure = bool(key and front and meant)
    return hearing.supported(*facts, certainty=hearing.LIKELY if sure else hearing.POSSIBLE)


def _by_refusal(story: Story) -> Supported | None:
    """Judge by a server that says that no upgrade came, where a proxy saw one or may have dropped it."""
    said = hearing.saying(story, *_OF_NO_UPGRADE, Says.NO_CONNECTION) or hearing.plain_request(story)
    sent, known = way.telling(story, "Upgrade", *way.BETWEEN), way.server_status(story)
    facts = [hearing.plainly(entry) for entry in said[:2]]
    if sent is not None:
        facts.append(hearing.cite(sent, f"{hearing.who(sent)} saw `Upgrade: {way.field(sent, 'Upgrade')}`"))
    if said:
        known_sent = sent is not None and bool(way.field(sent, "Upgrade"))
        return hearing.supported(*facts, certainty=hearing.LIKELY if known_sent else hearing.POSSIBLE)
    if sent is None or known is None or known[1] not in _STATUSES:
        return None
    if known[1] == 404 and known[0].hop in way.BEHIND and known[0].software not in _HIDE:
        return None  # it names the path, or nothing, and not the upgrade
    facts.append(hearing.answered(known[0], known[1]))
    return hearing.supported(*facts, certainty=hearing.LIKELY if known[1] == 426 else hearing.POSSIBLE)


def _bare(story: Story) -> Ruling | None:
    """Judge a 400 of which nobody says why: a server that logs handshakes may have no line of one that lost its upgrade."""
    answer = way.perhaps_of_server(story)
    if answer is None or answer[1] not in {400, 426} or way.fronted(story) is None:
        return None
    mute = any(silence.witness.hop is Hop.SERVER for silence in story.silences)
    # Where no log tells how long the answer was, or which hop wrote it, nginx may have written it as well.
    proxies = tuple(way.answers(story, Hop.PROXY))
    open_to_all = bool(proxies) and all(e.size is None and e.upstream_status is None for e in proxies)
    if answer[1] == 400 and not (mute or open_to_all):
        return Unknown(hearing.SERVER_LOG)
    text = "a server that sees no upgrade answers so, and may log nothing"
    entry = next(way.answers(story, Hop.PROXY), answer[0])
    return hearing.supported(hearing.answered(entry), hearing.cite(entry, text), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="proxy-drops-upgrade-headers",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=REMEDY,
    judge=judge,
    inspect=inspect,
    read=read,
)
