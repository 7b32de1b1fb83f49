"""Cloudflare: the pages, the short texts and the statuses that its edge answers with itself."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import Mark, server, whole
from ws101.terms import Hop

_CODES = "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/"
_FIREWALL = (
    "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/"
)
_CHALLENGE = (
    "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/"
)
_PAGES = "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/4xx-client-error/"
_AT_THE_EDGE = server(r"cloudflare\b")


def _own(name: str, says: Says, source: str, statuses: set[int], body: str = "", *headers: Mark) -> Signature:
    """Return a signature of the edge; `body` is a regular expression."""
    return Signature(
        name=f"cloudflare-{name}",
        software="cloudflare",
        hop=Hop.CDN,
        says=says,
        source=source,
        statuses=frozenset(statuses),
        body=f"(?s){body}" if body else "",
        headers=(_AT_THE_EDGE, *headers),
    )


def _page(title: str) -> str:
    return rf"<head><title>{title}</title></head>.*<center>cloudflare(?:-nginx)?</center>"


SIGNATURES = (
    _own(
        "challenge", Says.CDN_BLOCKED, _CHALLENGE, {403, 429, 503}, "", ("cf-mitigated", whole("challenge"))
    ),
    _own("rate", Says.RATE, _FIREWALL, {429}, r"\Aerror code: 1015\s*\Z"),
    _own("origin-unresolved", Says.CDN_ORIGIN_UNREACHABLE, _FIREWALL, {530}),
    _own(
        "blocked",
        Says.CDN_BLOCKED,
        _FIREWALL,
        {403},
        r"\Aerror code: 10\d\d\s*\Z|<title>Attention Required! \| Cloudflare",
    ),
    _own("origin-unreachable", Says.CDN_ORIGIN_UNREACHABLE, _CODES, {520, 521, 522, 523, 524}),
    _own("origin-tls", Says.CDN_ORIGIN_TLS, _CODES, {525, 526}),
    _own("502", Says.CDN_ORIGIN_UNREACHABLE, _CODES, {502, 504}, r"\Aerror code: 50[24]\s*\Z"),
    _own(
        "plain-http-to-tls",
        Says.PLAIN_HTTP_TO_TLS,
        _PAGES,
        {400},
        _page("400 The plain HTTP request was sent to HTTPS port"),
    ),
    _own(
        "client-certificate",
        Says.CLIENT_CERTIFICATE_MISSING,
        _PAGES,
        {400},
        _page("400 No required SSL certificate was sent"),
    ),
    _own(
        "header-too-large",
        Says.HEADER_TOO_LARGE,
        _PAGES,
        {400, 414},
        _page(r"4\d\d Request[ -](?:Header Or Cookie|URI) Too Large"),
    ),
    _own("400", Says.MALFORMED, _PAGES, {400}, _page("400 Bad Request")),
    _own("403", Says.CDN_BLOCKED, _PAGES, {403}, _page("403 Forbidden")),
    _own("redirect", Says.REDIRECT, _PAGES, {301, 302, 307, 308}, _page(r"30\d [\w ]+")),
)
