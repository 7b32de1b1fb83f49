"""Apache httpd: the error pages that it writes itself, in front of a server or as one."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import BASIC, Mark
from ws101.terms import Hop

_SOURCE = "observed: Apache 2.4.71"
_HEAD = (
    r'(?s)\A<!DOCTYPE HTML PUBLIC "-//(?:IETF//DTD HTML 2\.0|W3C//DTD HTML 4\.01)//EN"[^>]*>\s*'
    r"<html><head>\s*<title>{}</title>\s*</head><body>\s*<h1>"
)


def _page(title: str, words: str = "") -> str:
    """Return the pattern of the page with this title, in which these words stand; both are regular expressions."""
    return _HEAD.format(title) + (rf".*{words}" if words else "")


def _own(name: str, says: Says, status: int, body: str, *headers: Mark) -> Signature:
    return Signature(
        f"apache-{name}", "apache", Hop.PROXY, says, _SOURCE, frozenset({status}), body, headers=headers
    )


SIGNATURES = (
    _own(
        "plain-http-to-tls",
        Says.PLAIN_HTTP_TO_TLS,
        400,
        _page("400 Bad Request", "speaking plain HTTP to an SSL-enabled"),
    ),
    _own("header-too-large", Says.HEADER_TOO_LARGE, 400, _page("400 Bad Request", "exceeds server limit")),
    _own("400", Says.MALFORMED, 400, _page("400 Bad Request")),
    _own("basic", Says.BASIC, 401, _page("401 Unauthorized"), BASIC),
    _own("403", Says.FORBIDDEN, 403, _page("403 Forbidden")),
    _own("404", Says.NO_ROUTE, 404, _page("404 Not Found")),
    _own("414", Says.HEADER_TOO_LARGE, 414, _page("414 Request-URI Too Long")),
    _own("421", Says.HOST, 421, _page("421 Misdirected Request")),
    _own("429", Says.RATE, 429, _page("429 Too Many Requests")),
    _own("500", Says.ERROR, 500, _page("500 Internal Server Error")),
    _own("502", Says.UPSTREAM_DOWN, 502, _page("502 Proxy Error")),
    # mod_proxy answers 503, and not 502, when nobody listens at the next hop.
    _own("503", Says.UPSTREAM_DOWN, 503, _page("503 Service Unavailable")),
    Signature(
        "apache-redirect",
        "apache",
        Hop.PROXY,
        Says.REDIRECT,
        _SOURCE,
        frozenset({301, 302, 303, 307, 308}),
        _page(r"30\d [\w ]+"),
    ),
    Signature("apache-page", "apache", Hop.PROXY, Says.NOTHING, _SOURCE, body=_page(r"\d{3} [\w -]+")),
)
