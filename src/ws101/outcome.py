"""When two attempts met the same outcome: answers compared without what changes from request to request."""

import re

from ws101.attempt import Attempt, Ending
from ws101.handshake.answer import Kind

_VOLATILE_FIELDS = frozenset({
    "date", "age", "expires", "last-modified", "etag", "set-cookie", "content-length", "x-request-id", "x-trace-id",
    "traceparent", "cf-ray", "x-amzn-trace-id", "x-amz-cf-id", "x-runtime", "server-timing", "retry-after", "report-to",
    "nel", "alt-svc", "sec-websocket-accept", "x-correlation-id", "x-envoy-upstream-service-time", "content-security-policy",
    "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "keep-alive", "connection", "transfer-encoding",
})  # fmt: skip


def alike(one: Attempt, other: Attempt) -> bool:
    """Return whether two attempts met the same outcome, what changes from request to request left aside."""
    return outcome(one) == outcome(other)


def kin(one: Attempt, other: Attempt) -> bool:
    """Return whether two answers have the same status and body: what a proxy leaves as it is when it passes one on."""
    if one.answer.kind is not Kind.HTTP or other.answer.kind is not Kind.HTTP:
        return False
    return one.status == other.status and _body(one) == _body(other)


def outcome(attempt: Attempt) -> tuple[object, ...]:
    """Return what an attempt met, without dates, lengths, identifiers and echoes: equal outcomes are the same answer."""
    if attempt.answer.kind is Kind.NOTHING:
        return (attempt.layer, _coarse(attempt.ending), attempt.tls_error, attempt.verify_code)
    if attempt.answer.kind is not Kind.HTTP:
        return (attempt.answer.kind, attempt.answer.service)
    if attempt.upgraded:
        aftermath, inside = attempt.aftermath, attempt.refusal
        if inside is not attempt.answer:
            return (101, inside.status)  # its body may be cut, or have a frame in its midst
        strange = aftermath is not None and bool(aftermath.breaches)
        closed = aftermath is not None and aftermath.closed_after is not None
        return (101, bool(attempt.breaches), strange or closed, aftermath and aftermath.close_code)
    answer = attempt.answer
    names = frozenset(name.lower() for name, _ in answer.headers) - _VOLATILE_FIELDS
    location = _steady(answer.headers.get("location"))
    return (
        answer.status,
        answer.reason.lower(),
        names,
        answer.headers.get("server"),
        location,
        _body(attempt),
    )


def _coarse(ending: Ending) -> Ending:
    return Ending.CLOSED if ending is Ending.RESET else ending


def _body(attempt: Attempt) -> str:
    text = attempt.answer.text[:4096]
    for echoed in (
        attempt.sending.request.target,
        attempt.sending.request.path,
        attempt.sending.request.headers.get("host"),
    ):
        if len(echoed) > 1:
            text = text.replace(echoed, "…")
    return _steady(text)


def _steady(text: str) -> str:
    """Leave out what a second request would change: digits, and words that hold them."""
    return re.sub(r"[\w+/=-]*\d[\w+/=-]*", "#", text)
