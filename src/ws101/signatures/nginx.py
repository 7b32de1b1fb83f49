"""nginx and what is made of it (OpenResty, Tengine, Angie, freenginx): the error pages that it writes itself.

nginx ends the connection after its own 400, 413, 414, 500 and 501; such a page over a connection that stays open was
passed on by a hop in front, and its author is an nginx further in.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import BASIC, Mark
from ws101.terms import Hop

_SOURCE = "observed: nginx 1.22.1 and 1.31.3"
_AUTHOR = r"<center>(?:nginx|openresty|tengine|angie|freenginx)(?:/[\w.]+)?(?: \([^)<]*\))?</center>"
_KEPT_OPEN: Mark = ("connection", r"(?i)\Akeep-alive\Z")


def _page(title: str) -> str:
    """Return the pattern of the page with this title; `title` is a regular expression."""
    return rf"(?is)<head><title>{title}</title></head>.*{_AUTHOR}"


def _own(name: str, says: Says, status: int, title: str, *headers: Mark) -> Signature:
    return Signature(
        f"nginx-{name}", "nginx", Hop.PROXY, says, _SOURCE, frozenset({status}), _page(title), headers=headers
    )


_CLOSING = (
    ("plain-http-to-tls", Says.PLAIN_HTTP_TO_TLS, 400, "400 The plain HTTP request was sent to HTTPS port"),
    (
        "no-client-certificate",
        Says.CLIENT_CERTIFICATE_MISSING,
        400,
        "400 No required SSL certificate was sent",
    ),
    ("bad-client-certificate", Says.CLIENT_CERTIFICATE_BAD, 400, "400 The SSL certificate error"),
    ("header-too-large", Says.HEADER_TOO_LARGE, 400, "400 Request Header Or Cookie Too Large"),
    ("400", Says.MALFORMED, 400, "400 Bad Request"),
    ("413", Says.NOTHING, 413, "413 Request Entity Too Large"),
    ("414", Says.HEADER_TOO_LARGE, 414, "414 Request-URI Too Large"),
    ("500", Says.ERROR, 500, "500 Internal Server Error"),
    ("501", Says.MALFORMED, 501, "501 Not Implemented"),
)

SIGNATURES = (
    *(_own(f"inner-{name}", says, status, title, _KEPT_OPEN) for name, says, status, title in _CLOSING),
    *(_own(name, says, status, title) for name, says, status, title in _CLOSING),
    _own("basic", Says.BASIC, 401, "401 Authorization Required", BASIC),
    _own("401", Says.CREDENTIALS, 401, "401 Authorization Required"),
    _own("403", Says.FORBIDDEN, 403, "403 Forbidden"),
    _own("404", Says.NO_ROUTE, 404, "404 Not Found"),
    _own("405", Says.METHOD, 405, "405 Not Allowed"),
    _own("421", Says.HOST, 421, "421 Misdirected Request"),
    _own("429", Says.RATE, 429, "429 Too Many Requests"),
    _own("502", Says.UPSTREAM_DOWN, 502, "502 Bad Gateway"),
    _own("503", Says.UNAVAILABLE, 503, "503 Service Temporarily Unavailable"),
    _own("504", Says.UPSTREAM_TIMEOUT, 504, "504 Gateway Time-out"),
    _own("505", Says.HTTP_VERSION, 505, "505 HTTP Version Not Supported"),
    Signature(
        "nginx-redirect",
        "nginx",
        Hop.PROXY,
        Says.REDIRECT,
        _SOURCE,
        frozenset({301, 302, 303, 307, 308}),
        _page(r"30\d [\w ]+"),
    ),
    Signature("nginx-page", "nginx", Hop.PROXY, Says.NOTHING, _SOURCE, body=_page(r"\d{3} [\w -]+")),
)
