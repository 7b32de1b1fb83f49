"""The running configuration is not the one in the file

## What happens
The fix is in the file, and nothing changes.

## Why
nginx reads its configuration when it starts or is told to reload; a deployment that copies a file does neither. A reload
that fails its check goes on with the old configuration and says so only in the error log.

## How we know
The file and the wire disagree; only with the configuration at hand (`--nginx-config`) can they be compared. Where one line
answers for certain and the wire shows another answer, it is likely; where a further hop may explain it, possible.
In logs it shows where the configuration says one thing and the proxy logged another.

## What to do
`nginx -t && nginx -s reload`, then compare with `nginx -T`.
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.judging import CONFIGURATION, as_configured, blame, hop_behind, no_proxy
from ws101.logs import way
from ws101.logs.story import Story
from ws101.nginx.outcome import Answered
from ws101.report import Remedy
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured
    from ws101.nginx.simulate import Upstream
    from ws101.nginx.tree import Directive

_SURE = frozenset(
    {"return", "deny", "rewrite"}
)  # what these answer depends on nothing that is not in the file
_OWN = frozenset({301, 302, 401, 403, 404, 405})
_DEPENDS = (
    "auth_request",
    "limit_req",
    "limit_conn",
    "js_access",
    "access_by_lua_file",
    "access_by_lua_block",
)
_COMPARE = Remedy(
    "Compare the file with what runs (`nginx -T`), and reload; if it is the same, give the next hop's configuration too.",
    Hop.PROXY,
    command="nginx -T | head -50; nginx -t && nginx -s reload",
)


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.refused and (unseen := no_proxy(evidence)):
        return unseen
    return Unknown(CONFIGURATION)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    """Judge by what this configuration would do for certain and the wire does not show."""
    if not hop.whole or hop.undecided or evidence.answer is None or not evidence.refused:
        return None
    if hop.answered is not None:
        return _judge_answer(evidence, hop)
    return _judge_passing(evidence, hop, hop.sent) if hop.sent is not None else None


def _judge_answer(evidence: Evidence, hop: "Configured") -> Ruling | None:
    """Judge a line by which nginx itself answers: it lets nothing else through."""
    assert hop.answered
    if as_configured(evidence, hop):
        return RuledOut(f"it answers {hop.answered.status}, as this configuration does")
    sure = isinstance(hop.answered, Answered) and hop.gate is not None and hop.gate.name in _SURE
    if not sure:
        return None
    known = evidence.author is not None and evidence.author.hop in {Hop.SERVER, Hop.PROXY}
    note = f"answers {hop.answered.status} by itself, and {evidence.status} came back: this is not what runs"
    return _blamed(hop.gate, note, certain=hop.certain and known)


def _judge_passing(evidence: Evidence, hop: "Configured", sent: "Upstream") -> Ruling | None:
    arrives = evidence.moves("version-99") and not evidence.answered_by_proxy
    if sent.upgrades is False and evidence.asks_upgrade and arrives:
        note = "keeps the upgrade from the server, and on the wire it arrives there: this is not what runs"
        return _blamed(sent.by, note, certain=hop.certain)
    if hop_behind(evidence, hop) is not None:
        return None
    if sent.upgrades and evidence.upgrade_unseen is Certainty.LIKELY:
        note = "passes the upgrade on, and the server says that none arrives: this is not what runs, or another hop drops it"
        return _blamed(sent.by, note, certain=False)
    own = evidence.answered_by_proxy and evidence.status in _OWN and not hop.in_force("error_page")
    if own and not any(hop.in_force(name) for name in _DEPENDS):
        note = f"passes the handshake on, and a proxy itself answers {evidence.status}: this is not what runs, or another answers"
        return _blamed(sent.by, note, certain=False)
    return None


def _blamed(line: "Directive | None", note: str, *, certain: bool) -> Ruling:
    """Return the line; where another hop may explain the difference too, it is only possible, and the remedy says so."""
    found = blame((line, note))
    return found if certain else replace(found, certainty=Certainty.POSSIBLE, remedy=_COMPARE)


# ---- logs

_ANOTHER = (
    "another configuration is running"  # so ends what contradicts what a configuration says of its logs
)


def read(evidence: Evidence, story: Story) -> Ruling | None:
    """Judge by what a whole configuration says for certain, and what the proxy logged instead."""
    if story.works:
        return None
    if told := next((c for c in story.contradictions if _ANOTHER in c.text), None):
        fact = hearing.cite(told.one, told.text)
        return hearing.supported(fact, certainty=hearing.POSSIBLE, remedy=_COMPARE)
    hop = next((one for one in evidence.config or () if one.whole and one.undecided is None), None)
    if hop is None:
        return None
    own, passed = way.own_answer(story), way.passed_on(story)
    if hop.answered is not None and passed is not None and passed.hop is Hop.PROXY:
        text = f"the configuration answers {hop.answered.status} by itself, and the log shows the request passed on"
        return hearing.supported(hearing.cite(passed, text), certainty=hearing.POSSIBLE, remedy=_COMPARE)
    if hop.sent is not None and own is not None and own.upstream == "" and own.status in _OWN:
        text = f"the configuration passes the request on, and the proxy logged its own {own.status}"
        return hearing.supported(hearing.cite(own, text), certainty=hearing.POSSIBLE, remedy=_COMPARE)
    return None


CAUSE = Cause(
    slug="config-not-loaded",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy("Reload the proxy.", Hop.PROXY, command="nginx -t && nginx -s reload"),
    judge=judge,
    inspect=inspect,
    read=read,
)
