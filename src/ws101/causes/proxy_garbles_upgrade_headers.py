"""The proxy changes a field of the handshake on the way

## What happens
The application sees an Upgrade or a Connection field, but not the client's: `Upgrade: http_upgrade`, `Connection:
keep-alive`, a constant; or the upgrade arrives without its Sec-WebSocket-Key. It refuses the handshake and, with some
libraries, quotes the wrong value.

## Why
A variable lost its dollar sign, a `map` yields the wrong word, or a constant was written where the client's own value
belongs. `proxy_pass_request_headers off` passes on only what is set. `nginx -t` accepts all of these.

## How we know
The refusal quotes a value that was not sent, or misses a field that was; or the server's own record of the request
shows another value.
With the configuration (`--nginx-config`), the line is named that makes something else of the field.
In logs the server lists the fields that it saw.

## What to do
`proxy_set_header Upgrade $http_upgrade;` with the dollar sign, and `Connection` from a map that yields `upgrade` when
`$http_upgrade` is not empty. Where the key is lost, remove what blanks it.
"""

import re
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
    past_upgrade,
    request_breaches,
    told,
    upgrade_fault,
)
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Passage, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Fate, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

PATCH = """\
map $http_upgrade $connection_upgrade {   # in http {}
    default upgrade;
    ""      "";
}

proxy_set_header Upgrade    $http_upgrade;           # in the location of the socket
proxy_set_header Connection $connection_upgrade;"""

# websockets: "invalid Upgrade header: http_upgrade"; aiohttp: "No WebSocket UPGRADE hdr: http_upgrade"
_QUOTED = re.compile(r"(?i)\b(?:invalid )?(upgrade|connection)(?: upgrade)? (?:header|hdr): *([^\s.;]+)")
_ABSENT = frozenset({"none", "null", "undefined", "expected"})
_HANDSHAKE = ("Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version")
_SENT_BY_ITSELF = frozenset({"close", "keep-alive"})  # nginx's before 1.29.7, and Apache's mod_proxy's
_OF_A_LOST_KEY = frozenset({400, 426, 500})  # what servers answer an upgrade without a key
_MISSED = {
    Says.KEY_MISSING: "Sec-WebSocket-Key",
    Says.KEY_INVALID: "Sec-WebSocket-Key",
    Says.VERSION: "Sec-WebSocket-Version",
}


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("an upgrade passes the proxy")
    if evidence.record is not None:
        return _judge_record(evidence)
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change an upgrade passes", mended)
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    if evidence.answer is None or not evidence.refused or not evidence.proxy:
        return Unknown(CONFIGURATION)
    if lost := _lost_field(evidence):
        fact = Fact(
            f"the server says: {evidence.says.value}; but {lost} was sent as it should be", "the answer"
        )
        return Supported(Certainty.LIKELY, (fact,), _let_through(lost))
    if evidence.moves("version-99") and evidence.status in _OF_A_LOST_KEY:
        return Unknown(CONFIGURATION)  # Upgrade arrives; the key need not
    if evidence.moves("version-99"):
        return RuledOut(
            "version 99 is answered otherwise, so Upgrade reaches a WebSocket layer", "version-99"
        )
    return _judge_quoted(evidence, _QUOTED.search(evidence.answer.text))


def _judge_record(evidence: Evidence) -> Ruling:
    """Judge by the server's own record: a field lost together with Upgrade is another cause's."""
    upgrade = evidence.crossing.get("upgrade")
    if upgrade is None or upgrade.fate is Fate.LOST:
        return RuledOut("the server's own record has no Upgrade at all")
    changed = [p for p in crossed(evidence, *_HANDSHAKE) if _harms(p)]
    if not changed:
        return RuledOut("the server's own record has them as they should be")
    lost_key = next((p.part for p in changed if p.part.startswith("Sec-WebSocket-")), "")
    return Supported(
        Certainty.LIKELY, tuple(map(told, changed)), _let_through(lost_key) if lost_key else None
    )


def _harms(passage: Passage) -> bool:
    """Whether a changed field no longer does what it is for: a Connection with further members still upgrades."""
    wanted = {"upgrade": "websocket", "connection": "upgrade"}.get(passage.part.lower(), "")
    members = [member.strip().lower() for member in (passage.seen or "").split(",")]
    return not wanted or wanted not in members


def _lost_field(evidence: Evidence) -> str:
    """The field that the server misses though the request carries it as RFC 6455, 4.1 wants it."""
    field = _MISSED.get(evidence.says, "")
    return field if field and not request_breaches(evidence, field) else ""


def _let_through(field: str) -> Remedy:
    return Remedy(
        f"Let {field} through: remove what blanks it.", Hop.PROXY, patch="proxy_pass_request_headers on;"
    )


def _judge_quoted(evidence: Evidence, quoted: re.Match[str] | None) -> Ruling:
    if (
        evidence.upgrade_unseen is None
        or quoted is None
        or quoted[2].lower() in _ABSENT
        or evidence.baseline is None
    ):
        return Unknown(CONFIGURATION)
    name, value = quoted[1], quoted[2]
    sent = evidence.baseline.sending.request.headers.get(name)
    if value.lower() in sent.lower():
        return RuledOut("the value that the refusal quotes is the one that was sent")
    fact = Fact(f"the refusal quotes {name}: {value}, but {name}: {sent} was sent", "the answer's body")
    if value.lower() in _SENT_BY_ITSELF:
        return Supported(Certainty.POSSIBLE, (fact,), behind="proxy-drops-upgrade-headers")
    return Supported(Certainty.LIKELY, (fact,))


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    found = upgrade_fault(evidence, hop, "proxy-garbles-upgrade-headers")
    if found is None or isinstance(found, RuledOut):
        return found
    return replace(blame(*garbled(hop, *_HANDSHAKE), cure=found.edits), latent=past_upgrade(evidence))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.before_server(story):
        return out
    came = way.telling(story, "Upgrade", *way.BEHIND)
    gone = came is not None and not way.field(came, "Upgrade")  # then Connection has nothing to say
    for name in ("Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"):
        passage = None if gone and name == "Connection" else hearing.changed_on_the_way(story, name)
        # Connection may be merged on the way: `keep-alive, Upgrade` asks for the same.
        if passage and not (name == "Connection" and passage[1].text.lower().endswith("upgrade`")):
            return hearing.supported(*passage)
    if passage := hearing.lost_on_the_way(story, "Sec-WebSocket-Key"):
        return hearing.supported(*passage)
    said = hearing.saying(story, Says.KEY_MISSING, Says.KEY_INVALID, hops=way.BEHIND)
    lost = hearing.arrived_without(story, "Sec-WebSocket-Key")
    if said and lost and not hearing.sent_without(story, "Sec-WebSocket-Key"):
        return hearing.supported(*map(hearing.quote, said[:1]), certainty=hearing.POSSIBLE)
    seen = _seen_by_server(story)
    if seen is None and (bare := hearing.bare_400(story)):
        return hearing.supported(hearing.answered(bare, 400), certainty=hearing.POSSIBLE, rare=True)
    return seen


def _seen_by_server(story: Story) -> Ruling | None:
    entry = way.telling(story, "Upgrade", *way.BEHIND)
    if entry is None:
        front = way.fronted(story)
        said = hearing.by_words(story, Says.NO_CONNECTION, hops=way.BEHIND, certainty=hearing.POSSIBLE)
        return said if front else None
    upgrade, connection = way.field(entry, "Upgrade") or "", way.field(entry, "Connection")
    if not upgrade:
        return RuledOut(f"the server saw no Upgrade at all ({entry.place})")
    odd = "websocket" not in upgrade.lower() or (
        connection is not None and "upgrade" not in connection.lower()
    )
    if not odd:
        return RuledOut(f"the server saw the upgrade as it should be ({entry.place})")
    text = f"the server saw `Upgrade: {upgrade}` and `Connection: {connection or ''}`"
    certain = hearing.LIKELY if way.fronted(story) else hearing.POSSIBLE
    return hearing.supported(hearing.cite(entry, text), certainty=certain)


CAUSE = Cause(
    slug="proxy-garbles-upgrade-headers",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Pass the client's own Upgrade on, and a Connection that says upgrade.",
        Hop.PROXY,
        patch=PATCH,
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
