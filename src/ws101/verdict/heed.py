"""What to make of the cause that a refusal itself names, in a problem document: its author knows only what reached it.

So what it names is read by what was sent: a field that we did send and it misses was lost on the way.
"""

import re
from collections.abc import Callable

from msgspec.structs import replace

from ws101.cause import Ruling, Supported
from ws101.evidence import Evidence
from ws101.judging import request_breaches
from ws101.report import Fact
from ws101.terms import Certainty, Fate
from ws101.tokens.credential import carries_token
from ws101.tokens.reading import Place

DOCUMENT = "the answer's problem document"


def heed(slug: str, ruling: Ruling, evidence: Evidence) -> Ruling:
    """Return what becomes of a ruling on this cause: a named cause is likely at least, others are left as they are."""
    if evidence.problem is None or meant(evidence) != slug:
        return ruling
    facts = [Fact(f"the refusal says: {evidence.problem.words or slug}", DOCUMENT)]
    if evidence.problem.cause != slug and slug.startswith("proxy-") and not evidence.answered_by_proxy:
        facts.append(
            Fact("the request was sent without this fault: it arose on the way", "the request as sent")
        )
    if not isinstance(ruling, Supported):
        return Supported(Certainty.LIKELY, tuple(facts), named=True)
    certainty = Certainty.LIKELY if ruling.certainty is Certainty.POSSIBLE else ruling.certainty
    return replace(ruling, certainty=certainty, facts=(*ruling.facts, *facts), latent=False, named=True)


def meant(evidence: Evidence) -> str:
    """Return the cause that the refusal names, by what we sent; empty if it names none."""
    named = evidence.problem.cause if evidence.problem else ""
    if evidence.answered_by_proxy:
        return _OF_PROXY.get(named, named)
    reading = _READINGS.get(named)
    return reading(evidence, named) if reading else named


def _of_upgrade(evidence: Evidence, _: str) -> str:
    if evidence.baseline is not None and evidence.baseline.sending.http2:
        return "upgrade-sent-over-http2"
    if evidence.mends("without-forward-proxy"):
        return "forward-proxy-in-the-way"
    if ours := next((slug for slug in _ASKING if request_breaches(evidence, _FIELDS[slug])), ""):
        return ours
    upgrade = evidence.crossing.get("upgrade")
    changed = upgrade is not None and upgrade.fate is Fate.CHANGED
    return "proxy-garbles-upgrade-headers" if changed else "proxy-drops-upgrade-headers"


def _of_field(evidence: Evidence, named: str) -> str:
    return named if request_breaches(evidence, _FIELDS[named]) else "proxy-garbles-upgrade-headers"


def _of_version(evidence: Evidence, named: str) -> str:
    sent = evidence.baseline.sending.request.version if evidence.baseline else ""
    return "proxy-speaks-http-1.0" if sent == "HTTP/1.1" else named


def _of_token(evidence: Evidence, _: str) -> str:
    """No token arrived: what that means depends on where one was sent."""
    sent = evidence.token.credential if evidence.token else None
    if sent is None or not carries_token(sent) or not sent.value:
        return "token-missing"
    by_place = {Place.HEADER: "proxy-strips-authorization", Place.QUERY: "proxy-strips-query"}
    return by_place.get(sent.place, "token-in-wrong-place")


def _of_path(evidence: Evidence, named: str) -> str:
    """The path that reached the server stands in its record, and in the refusal."""
    asked = evidence.baseline.sending.request.path if evidence.baseline else ""
    quoted = _PATH.search(evidence.problem.detail) if evidence.problem else None
    seen = evidence.record.path if evidence.record else quoted[1] if quoted else asked
    return named if seen == asked else "proxy-rewrites-path"


def _of_plain(evidence: Evidence, named: str) -> str:
    """A server that speaks TLS was spoken to without: by us, or by a hop before it, as TLS on the same port tells."""
    over_tls = evidence.tried("tls-instead")
    ours = evidence.baseline is not None and evidence.baseline.sending.tls is None
    return named if ours and (over_tls is None or over_tls.met_tls) else "upstream-scheme-mismatch"


_FIELDS = {
    "upgrade-header-missing": "Upgrade",
    "connection-header-lacks-upgrade": "Connection",
    "websocket-key-invalid": "Sec-WebSocket-Key",
    "websocket-version-unsupported": "Sec-WebSocket-Version",
}
_ASKING = ("upgrade-header-missing", "connection-header-lacks-upgrade")
_PATH = re.compile(r'The path is "(/[^"]*)"')
_READINGS: dict[str, Callable[[Evidence, str], str]] = {
    "proxy-drops-upgrade-headers": _of_upgrade,
    "upgrade-header-missing": _of_upgrade,
    "connection-header-lacks-upgrade": _of_field,
    "websocket-key-invalid": _of_field,
    "websocket-version-unsupported": _of_field,
    "http-version-too-old": _of_version,
    "token-missing": _of_token,
    "wrong-path": _of_path,
    "plaintext-to-tls-port": _of_plain,
}
# A proxy knows nothing of what is behind it but the connection, and its own limits.
_OF_PROXY = {"server-overloaded": "proxy-limits-rate", "server-error": "", "closed-without-answer": ""}
