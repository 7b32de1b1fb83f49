"""A header of the request stands there more than once

## What happens
nginx and most servers refuse a second `Host`, `Authorization`, `Content-Length` or `Sec-WebSocket-Version` with a bare
`400`; others take the first line, or the last, and act on the wrong one. Two `Connection` lines are legal, but some
libraries read only one of them.

## Why
A header is set in two places: by the client library and again by the caller, by an interceptor, or by a tool's
defaults. Lists may stand on several lines (RFC 9110, 5.3); these fields are no lists.

## How we know
The request that was sent repeats a field; and the same request with every field once is answered differently.
In logs nginx names the field, at level info.

## What to do
Set the header in one place: use the library's call that replaces a header and not the one that adds one.
"""

from ws101 import hearing
from ws101.cause import Cause, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.handshake.answer import Breach
from ws101.handshake.headers import Headers
from ws101.judging import asks_for_damage, judge_damage, judge_request
from ws101.logs.story import Story
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop

_LISTS = frozenset({"upgrade", "connection", "sec-websocket-protocol", "sec-websocket-extensions"})
_ELSEWHERE = frozenset({"sec-websocket-key"})  # a second key is an invalid one: another cause


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "host-twice", "token-twice")
    headers = (evidence.baseline.sending if evidence.baseline else evidence.sending).request.headers
    repeated = _repeated(headers)
    breaches = tuple(
        Breach(f"{name} stands there {len(headers.get_all(name))} times", "RFC 9110, 5.3", name)
        for name in repeated
        if name.lower() not in _LISTS
    )
    singled = tuple(f"right-{name.lower()}" for name in repeated if name.lower() in {"upgrade", "connection"})
    return judge_request(evidence, breaches, ("each-field-once", *singled) if repeated else ())


def _repeated(headers: Headers) -> tuple[str, ...]:
    """Return the names that stand there more than once, as first written."""
    first = {name.lower(): name for name, _ in reversed(headers.fields)}
    return tuple(n for low, n in first.items() if len(headers.get_all(low)) > 1 and low not in _ELSEWHERE)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.MALFORMED, words=r"duplicate"):
        return heard
    out = hearing.beyond_proxy(story) or hearing.another_reason(story, Says.MALFORMED)
    return out or (Unknown(hearing.NGINX_INFO) if hearing.met_status(story, 400) else None)


CAUSE = Cause(
    slug="header-duplicated",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Send each header once; set it where the library sets it, and nowhere else.", Hop.CLIENT),
    judge=judge,
    read=read,
)
