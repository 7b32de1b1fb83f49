"""Node.js: the library ws, Express, Fastify and NestJS.

With an upgrade listener Node.js hands every request with an Upgrade field to it, so that the framework's own 404 tells
of a request without. Left out are Node.js's bare 400 and 431, which other runtimes write to the byte.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import HTML, PLAIN_TEXT, Mark, whole
from ws101.terms import Hop

_WS = "observed: ws 8.23.0 on Node.js 20"
_EXPRESS = "observed: Express 5.3.0 on Node.js 20"
_FASTIFY = "observed: Fastify 5.12.8 on Node.js 20"
_NEST = "https://github.com/nestjs/nest/blob/master/packages/core/router/routes-resolver.ts"


def _ws(name: str, says: Says, status: int, body: str, kind: Mark = HTML) -> Signature:
    return Signature(
        f"ws-{name}", "ws", Hop.SERVER, says, _WS, frozenset({status}), whole(body), headers=(kind,)
    )


def _page(name: str, says: Says, statuses: set[int], words: str) -> Signature:
    body = rf"<title>Error</title>\n</head>\n<body>\n<pre>{words}"
    return Signature(f"express-{name}", "express", Hop.SERVER, says, _EXPRESS, frozenset(statuses), body)


SIGNATURES = (
    _ws("plain", Says.PLAIN_NOT_FOUND, 426, "Upgrade Required", PLAIN_TEXT),
    _ws("upgrade", Says.NO_UPGRADE, 400, "Invalid Upgrade header"),
    _ws("version", Says.VERSION, 400, "Missing or invalid Sec-WebSocket-Version header"),
    _ws("key", Says.KEY_INVALID, 400, "Missing or invalid Sec-WebSocket-Key header"),
    _ws("subprotocol", Says.SUBPROTOCOL, 400, "Invalid Sec-WebSocket-Protocol header"),
    _ws("extension", Says.EXTENSION, 400, "Invalid or unacceptable Sec-WebSocket-Extensions header"),
    _ws("method", Says.METHOD, 405, "Invalid HTTP method"),
    # verifyClient's answer to whatever it refuses: the Origin as well as the token.
    _ws("verify-client", Says.FORBIDDEN, 401, "Unauthorized"),
    # The `path` option matches another path; another WebSocketServer on the same http.Server answers just so.
    _ws("path", Says.NO_ROUTE, 400, "Bad Request"),
    _page("404", Says.PLAIN_NOT_FOUND, {404}, r"Cannot [A-Z]+ /"),
    _page("500", Says.ERROR, {500}, r"(?:\w*Error: |Internal Server Error)"),
    Signature(
        "fastify-404",
        "fastify",
        Hop.SERVER,
        Says.NO_ROUTE,
        _FASTIFY,
        frozenset({404}),
        r'\A\{"message":"Route [A-Z]+:/.* not found","error":"Not Found","statusCode":404\}\Z',
    ),
    Signature(
        "fastify-400",
        "fastify",
        Hop.SERVER,
        Says.MALFORMED,
        _FASTIFY,
        frozenset({400}),
        whole('{"error":"Bad Request","message":"Client Error","statusCode":400}'),
    ),
    Signature(
        "fastify-431",
        "fastify",
        Hop.SERVER,
        Says.HEADER_TOO_LARGE,
        _FASTIFY,
        frozenset({431}),
        r'"message":"Exceeded maximum allowed HTTP header size"',
    ),
    Signature(
        "nest-404",
        "nestjs",
        Hop.SERVER,
        Says.PLAIN_NOT_FOUND,
        _NEST,
        frozenset({404}),
        r'\A\{"message":"Cannot [A-Z]+ /.*","error":"Not Found","statusCode":404\}\Z',
    ),
)
