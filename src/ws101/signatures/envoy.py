"""Envoy and what is made of it (Istio, Contour, Google's load balancers): the texts that it answers with itself.

Left out is its empty 403, with which it refuses an upgrade that is not configured: it looks like a server's own.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import Mark, begins, server, whole
from ws101.terms import Hop

_OBSERVED = "observed: Envoy 1.40.0"
_RBAC = "https://github.com/envoyproxy/envoy/blob/main/source/extensions/filters/http/rbac/rbac_filter.cc"
_JWT = "https://github.com/google/jwt_verify_lib/blob/master/src/status.cc"
_LIMIT = "https://github.com/envoyproxy/envoy/blob/main/source/extensions/filters/http/local_ratelimit/local_ratelimit.cc"
_OF_ITSELF: tuple[Mark, ...] = (server(r"envoy\Z"), ("connection", whole("close")))


def _text(name: str, says: Says, statuses: set[int], body: str, source: str = _OBSERVED) -> Signature:
    return Signature(f"envoy-{name}", "envoy", Hop.PROXY, says, source, frozenset(statuses), body)


def _bare(name: str, says: Says, status: int, body: str) -> Signature:
    """Return the signature of a text that others write too: only Envoy closes after it without having asked anyone."""
    return Signature(
        name=f"envoy-{name}",
        software="envoy",
        hop=Hop.PROXY,
        says=says,
        source=_OBSERVED,
        statuses=frozenset({status}),
        body=whole(body),
        headers=_OF_ITSELF,
        absent=("x-envoy-upstream-service-time",),
    )


SIGNATURES = (
    _text(
        "503",
        Says.UPSTREAM_DOWN,
        {502, 503},
        begins("upstream connect error or disconnect/reset before headers"),
    ),
    _text("no-healthy-upstream", Says.UPSTREAM_DOWN, {503}, whole("no healthy upstream")),
    _text("504", Says.UPSTREAM_TIMEOUT, {504}, whole("upstream request timeout")),
    _text("rbac", Says.FORBIDDEN, {403}, whole("RBAC: access denied"), _RBAC),
    _text(
        "jwt",
        Says.CREDENTIALS,
        {401, 403},
        r"\AJwt (?:is|verification|issuer|header|payload)",
        _JWT,
    ),
    _text("rate", Says.RATE, {429}, whole("local_rate_limited"), _LIMIT),
    _bare("400", Says.MALFORMED, 400, "Bad Request"),
    _bare("http-1.0", Says.HTTP_VERSION, 426, "Upgrade Required"),
    _bare("431", Says.HEADER_TOO_LARGE, 431, "Request Header Fields Too Large"),
)
