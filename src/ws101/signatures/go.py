"""Go: net/http itself (and so Caddy's and Traefik's listeners), gorilla/websocket, coder/websocket and x/net/websocket.

gorilla leaves its Sec-WebSocket-Version on every refusal. coder/websocket and older releases of gorilla look at
Connection before Upgrade, so a complaint about Connection says nothing of Upgrade.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import PLAIN_TEXT, Mark, begins, whole
from ws101.terms import Hop

_NET_HTTP = "observed: Go 1.19 net/http"
_GORILLA = "observed: gorilla/websocket 1.5.0"
_GORILLA_426 = "https://github.com/gorilla/websocket/blob/main/server.go"
_GORILLA_TEXTS = "https://github.com/gorilla/websocket/blob/v1.1.0/server.go"
_CODER = "observed: nhooyr.io/websocket 1.8.7"
_XNET = "observed: golang.org/x/net/websocket 0.7.0"
_SIGNED: Mark = ("sec-websocket-version", whole("13"))


def _net_http(name: str, says: Says, statuses: set[int], body: str, *headers: Mark) -> Signature:
    return Signature(
        f"go-{name}", "go net/http", Hop.SERVER, says, _NET_HTTP, frozenset(statuses), body, headers=headers
    )


def _gorilla(name: str, says: Says, status: int, body: str, source: str = _GORILLA) -> Signature:
    return Signature(
        f"gorilla-{name}",
        "gorilla/websocket",
        Hop.SERVER,
        says,
        source,
        frozenset({status}),
        body,
        headers=(PLAIN_TEXT, _SIGNED),
    )


def _coder(name: str, says: Says, statuses: set[int], body: str) -> Signature:
    """Return a signature of coder/websocket; `body` is a regular expression."""
    pattern = rf"\A{body}"
    return Signature(
        f"coder-{name}",
        "coder/websocket",
        Hop.SERVER,
        says,
        _CODER,
        frozenset(statuses),
        pattern,
        headers=(PLAIN_TEXT,),
    )


def _xnet(name: str, says: Says, status: int, body: str) -> Signature:
    return Signature(
        f"xnet-{name}",
        "x/net/websocket",
        Hop.SERVER,
        says,
        _XNET,
        frozenset({status}),
        whole(body),
        absent=("server",),
    )


SIGNATURES = (
    _gorilla("400", Says.NOT_A_HANDSHAKE, 400, whole("Bad Request\n")),
    _gorilla("405", Says.METHOD, 405, whole("Method Not Allowed\n")),
    _gorilla("origin", Says.ORIGIN, 403, whole("Forbidden\n")),
    _gorilla("no-upgrade", Says.NO_UPGRADE, 426, whole("Upgrade Required\n"), _GORILLA_426),
    _gorilla(
        "named-no-upgrade",
        Says.NO_UPGRADE,
        400,
        begins("websocket: not a websocket handshake: '"),
        _GORILLA_TEXTS,
    ),
    _coder(
        "no-upgrade", Says.NO_UPGRADE, {426}, "WebSocket protocol violation: (?:Connection|Upgrade) header "
    ),
    _coder(
        "http-version",
        Says.HTTP_VERSION,
        {426},
        "WebSocket protocol violation: handshake request must be at least HTTP",
    ),
    _coder("version", Says.VERSION, {400}, "unsupported WebSocket protocol version "),
    _coder("no-key", Says.KEY_MISSING, {400}, "WebSocket protocol violation: missing Sec-WebSocket-Key"),
    _coder("method", Says.METHOD, {405}, "WebSocket protocol violation: handshake request method is not GET"),
    _coder(
        "origin",
        Says.ORIGIN,
        {403},
        "(?:request Origin .* is not authorized for Host |failed to parse Origin header )",
    ),
    _coder("extension", Says.EXTENSION, {400}, "unsupported permessage-deflate parameter: "),
    _xnet("no-upgrade", Says.NO_UPGRADE, 400, "not websocket protocol"),
    _xnet("version", Says.VERSION, 400, "missing or bad WebSocket Version"),
    _xnet("key", Says.KEY_MISSING, 400, "mismatch challenge/response"),
    _xnet("method", Says.METHOD, 405, "bad method"),
    _net_http(
        "plain-http-to-tls",
        Says.PLAIN_HTTP_TO_TLS,
        {400},
        begins("Client sent an HTTP request to an HTTPS server."),
    ),
    _net_http("400", Says.MALFORMED, {400}, r"\A400 Bad Request(?:: [\w ]+)?\Z", PLAIN_TEXT),
    _net_http("431", Says.HEADER_TOO_LARGE, {431}, whole("431 Request Header Fields Too Large"), PLAIN_TEXT),
    _net_http("505", Says.HTTP_VERSION, {505}, begins("505 HTTP Version Not Supported"), PLAIN_TEXT),
    # The mux of an application, or Traefik in front of one: the same bytes.
    _net_http("404", Says.NO_ROUTE, {404}, whole("404 page not found\n"), PLAIN_TEXT),
)
