"""Which page of its own nginx wrote, by its status and its length in bytes: an access log keeps no more of it.

Knows how these pages are made; whether a hop behind wrote a body of this length is for others to say.
"""

from ws101.signature import Says

# nginx, src/http/ngx_http_special_response.c: around the title, which stands there twice, and the software's name.
_FRAME = 115
_FURTHER = 19  # a line of its own for what a special 400 adds
_PADDING = 402  # what msie_padding adds to a refusal for Chrome and Internet Explorer

# How long the software's name is: without its version, with it, and with the distribution's ("nginx/1.18.0 (Ubuntu)").
_NAMES = frozenset({5, 11, 12, 13, 20, 21, 22, 9, 17, 18})  # the last three are OpenResty's

_BAD = "400 Bad Request"
_SPECIAL: dict[Says, str] = {
    Says.PLAIN_HTTP_TO_TLS: "The plain HTTP request was sent to HTTPS port",
    Says.HEADER_TOO_LARGE: "Request Header Or Cookie Too Large",
    Says.CLIENT_CERTIFICATE_MISSING: "No required SSL certificate was sent",
    Says.CLIENT_CERTIFICATE_BAD: "The SSL certificate error",
}
_TITLES: dict[int, tuple[str, Says]] = {
    400: (_BAD, Says.MALFORMED),
    401: ("401 Authorization Required", Says.CREDENTIALS),
    403: ("403 Forbidden", Says.FORBIDDEN),
    404: ("404 Not Found", Says.NO_ROUTE),
    405: ("405 Not Allowed", Says.METHOD),
    413: ("413 Request Entity Too Large", Says.NOTHING),
    414: ("414 Request-URI Too Large", Says.HEADER_TOO_LARGE),
    421: ("421 Misdirected Request", Says.HOST),
    429: ("429 Too Many Requests", Says.RATE),
    500: ("500 Internal Server Error", Says.ERROR),
    502: ("502 Bad Gateway", Says.UPSTREAM_DOWN),
    503: ("503 Service Temporarily Unavailable", Says.UNAVAILABLE),
    504: ("504 Gateway Time-out", Says.UPSTREAM_TIMEOUT),
    505: ("505 HTTP Version Not Supported", Says.HTTP_VERSION),
}


def _special(title: str) -> int:
    return _FRAME + len(f"400 {title}") + len(_BAD) + len(title) + _FURTHER


_LENGTHS: dict[int, tuple[tuple[int, Says], ...]] = {
    status: ((_FRAME + 2 * len(title), says),) for status, (title, says) in _TITLES.items()
}
_LENGTHS[400] += tuple((_special(title), says) for says, title in _SPECIAL.items())


def pages(status: int, size: int) -> tuple[Says, ...]:
    """Return what nginx's own pages say that have this status and as many bytes of body; empty where none has."""
    return tuple(
        says
        for length, says in _LENGTHS.get(status, ())
        if size - length in _NAMES or size - length - _PADDING in _NAMES
    )
