"""The problem documents of ws101's timer service, and those that a proxy in front of it was told to write.

Both name a cause of the catalogue. The service's own name the trace of what it saw, which no proxy can know.
"""

from ws101.handshake.problem import CAUSE_URN
from ws101.signature import Says, Signature
from ws101.signatures.marks import server
from ws101.terms import Hop

_SERVICE = "observed: ws101 timers 0.1.0"
_PROXY = "observed: nginx 1.22.1 and 1.31.3 with examples/nginx"
_TRACE = r'"trace": ?"/api/v1/handshakes/'

# What each group of causes says in words that do not depend on the software; no cause stands twice.
MEANINGS: tuple[tuple[str, Says, tuple[str, ...]], ...] = (
    ("upgrade", Says.NO_UPGRADE, ("proxy-drops-upgrade-headers", "upgrade-header-missing")),
    ("connection", Says.NO_CONNECTION, ("connection-header-lacks-upgrade",)),
    ("key", Says.KEY_INVALID, ("websocket-key-invalid",)),
    ("version", Says.VERSION, ("websocket-version-unsupported",)),
    ("http-version", Says.HTTP_VERSION, ("http-version-too-old", "upgrade-sent-over-http2")),
    ("method", Says.METHOD, ("method-not-get",)),
    ("path", Says.NO_ROUTE, ("wrong-path",)),
    ("origin", Says.ORIGIN, ("origin-rejected",)),
    ("subprotocol", Says.SUBPROTOCOL, ("subprotocol-mismatch",)),
    (
        "malformed",
        Says.MALFORMED,
        ("header-malformed", "header-duplicated", "body-on-upgrade", "proxy-protocol-mismatch"),
    ),
    ("too-large", Says.HEADER_TOO_LARGE, ("request-header-too-large",)),
    ("credentials", Says.CREDENTIALS, (r"token-[a-z-]+",)),
    ("overloaded", Says.UNAVAILABLE, ("server-overloaded",)),
    ("plain-to-tls", Says.PLAIN_HTTP_TO_TLS, ("plaintext-to-tls-port",)),
    ("error", Says.ERROR, ("server-error",)),
    (
        "upstream",
        Says.UPSTREAM_DOWN,
        ("upstream-refused", "closed-without-answer"),
    ),
    ("upstream-timeout", Says.UPSTREAM_TIMEOUT, ("upstream-timeout",)),
    ("client-certificate", Says.CLIENT_CERTIFICATE_MISSING, ("client-certificate-required",)),
)


def _document(slugs: tuple[str, ...], *, traced: bool) -> str:
    trace = rf"(?=.*{_TRACE})" if traced else rf"(?!.*{_TRACE})"
    return rf'(?s)\A{trace}.*"type": ?"{CAUSE_URN}(?:{"|".join(slugs)})"'


def _of_service(name: str, says: Says, slugs: tuple[str, ...]) -> Signature:
    body = _document(slugs, traced=True)
    return Signature(f"ws101-timers-{name}", "ws101 timers", Hop.SERVER, says, _SERVICE, body=body)


def _of_proxy(name: str, says: Says, slugs: tuple[str, ...]) -> Signature:
    body = _document(slugs, traced=False)
    marks = (server("nginx"),)
    return Signature(f"nginx-document-{name}", "nginx", Hop.PROXY, says, _PROXY, body=body, headers=marks)


_OF_PROXIES = {
    "malformed", "too-large", "overloaded", "plain-to-tls", "error", "upstream", "upstream-timeout",
    "client-certificate",
}  # fmt: skip
_OF_PROXIES_ALONE = {"upstream", "upstream-timeout", "client-certificate"}

SIGNATURES = (
    *(_of_service(*meaning) for meaning in MEANINGS if meaning[0] not in _OF_PROXIES_ALONE),
    *(_of_proxy(*meaning) for meaning in MEANINGS if meaning[0] in _OF_PROXIES),
)
