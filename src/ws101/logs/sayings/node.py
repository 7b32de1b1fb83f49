"""What Node's libraries print: ws, websocket, Socket.IO and Engine.IO on both sides, undici, wscat, http-proxy."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_WS = "observed: ws 8, on Node.js 20; lib/websocket.js"
_WSS = "observed: ws 8, on Node.js 20; lib/websocket-server.js, abortHandshake"
_WEBSOCKET_NODE = "websocket (theturtle32): lib/WebSocketClient.js, failHandshake"
_ENGINE = "observed: engine.io 6, DEBUG=engine; engine.io/build/server.js"
_ENGINE_CLIENT = "observed: socket.io-client 4 and engine.io-client 6"
_NODE = "observed: Node.js 20"

SAYINGS = (
    *family(
        "ws",
        Hop.CLIENT,
        _WS,
        (
            (
                Says.NOTHING,
                "nexpected server response",
                r"\b[Uu]nexpected server response:? \(?(?P<status>\d{3})\)?",
                "Error: Unexpected server response: 400",
            ),
        ),
    ),
    *family(
        "ws",
        Hop.CLIENT,
        _WS,
        (
            (
                Says.ACCEPT_KEY,
                "Invalid Sec-WebSocket-Accept header",
                "",
                "Error: Invalid Sec-WebSocket-Accept header",
            ),
            (
                Says.NO_UPGRADE_BACK,
                "Invalid Upgrade header",
                r"Error: Invalid Upgrade header(?!\s{0,8}(?:\\n\s{1,8})?at WebSocketServer)",
                "Error: Invalid Upgrade header",
            ),
            (Says.SUBPROTOCOL, "Error: Server sent no subprotocol", "", "Error: Server sent no subprotocol"),
            (Says.SUBPROTOCOL, "Server sent a subprotocol but none was requested", "", ""),
            (
                Says.SUBPROTOCOL,
                "Server sent an invalid subprotocol",
                "",
                "Error: Server sent an invalid subprotocol",
            ),
            (
                Says.EXTENSION,
                "Server sent a Sec-WebSocket-Extensions header but no extension was requested",
                "",
                "",
            ),
            (Says.EXTENSION, "Server indicated an extension that was not requested", "", ""),
        ),
        status=101,
    ),
    *family(
        "ws",
        Hop.CLIENT,
        _WS,
        (
            (
                Says.SILENT,
                "Opening handshake has timed out",
                "",
                "Error: Opening handshake has timed out",
            ),
            (
                Says.NOTHING,
                "WebSocket was closed before the connection was established",
                "",
                "Error: WebSocket was closed before the connection was established",
            ),
        ),
    ),
    *family(
        "undici",
        Hop.CLIENT,
        "observed: WebSocket of Node.js 20 (undici)",
        ((Says.NOTHING, "Received network error or non-101 status code", "", ""),),
    ),
    *family(
        "websocket",
        Hop.CLIENT,
        _WEBSOCKET_NODE,
        (
            (
                Says.NOTHING,
                "Server responded with a non-101 status: ",
                r"Server responded with a non-101 status: (?P<status>\d{3})",
                "Error: Server responded with a non-101 status: 400 Bad Request",
            ),
        ),
    ),
    *family(
        "ws",
        Hop.SERVER,
        _WSS,
        (
            (
                Says.KEY_INVALID,
                "Missing or invalid Sec-WebSocket-Key header",
                "",
                "Error: Missing or invalid Sec-WebSocket-Key header",
            ),
            (
                Says.VERSION,
                "Missing or invalid Sec-WebSocket-Version header",
                "",
                "Error: Missing or invalid Sec-WebSocket-Version header",
            ),
            (
                Says.NO_UPGRADE,
                "Error: Invalid Upgrade header",
                r"Error: Invalid Upgrade header\s{1,8}(?:\\n\s{1,8})?at WebSocketServer\.",
                "Error: Invalid Upgrade header at WebSocketServer.handleUpgrade (/app/node_modules/ws/lib/websocket-server.js:264:7)",
            ),
            (
                Says.SUBPROTOCOL,
                "Invalid Sec-WebSocket-Protocol header",
                "",
                "Error: Invalid Sec-WebSocket-Protocol header",
            ),
            (
                Says.EXTENSION,
                "Invalid or unacceptable Sec-WebSocket-Extensions header",
                "",
                "Error: Invalid or unacceptable Sec-WebSocket-Extensions header",
            ),
            (
                Says.ERROR,
                "server.handleUpgrade() was called more than once with the same socket",
                "",
                "Error: server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration",
            ),
        ),
    ),
    *family(
        "engine.io",
        Hop.SERVER,
        _ENGINE,
        (
            (
                Says.ENGINEIO_TRANSPORT,
                'unknown transport "',
                r'unknown transport "[^"\n]{0,80}"',
                '2026-11-26T01:34:32.598Z engine unknown transport "undefined"',
            ),
            (
                Says.ENGINEIO_SESSION,
                'unknown sid "',
                r'unknown sid "[^"\n]{0,80}"',
                '2026-11-26T01:34:32.447Z engine unknown sid "gone"',
            ),
            (
                Says.ENGINEIO_BAD_REQUEST,
                "invalid transport upgrade",
                r"\bengine (?:\S{1,20} )?invalid transport upgrade",
                "2026-11-26T01:34:31.233Z engine invalid transport upgrade",
            ),
            (
                Says.ENGINEIO_VERSION,
                "unsupported protocol version",
                r"\bengine (?:\S{1,20} )?unsupported protocol version",
                "2026-11-26T01:34:31.689Z engine unsupported protocol version",
            ),
            (
                Says.ENGINEIO_METHOD,
                '"message":"Bad handshake method"',
                "",
                '{"code":2,"message":"Bad handshake method"}',
            ),
            (
                Says.ENGINEIO_VERSION,
                "nsupported protocol version",
                r'(?:"code": ?5, ?"message": ?"|code 5 )Unsupported protocol version',
                '400 {"code":5,"message":"Unsupported protocol version"}',
            ),
            (
                Says.ENGINEIO_SESSION,
                "ession ID unknown",
                r"\bSession ID unknown",
                '{"code":1,"message":"Session ID unknown"}',
            ),
            (
                Says.ENGINEIO_TRANSPORT,
                "Transport unknown",
                r"\bTransport unknown\b",
                '{"code":0,"message":"Transport unknown"}',
            ),
        ),
    ),
    *family(
        "engine.io",
        Hop.SERVER,
        "python-engineio 4: base_server.py, server.py",
        (
            (
                Says.ENGINEIO_VERSION,
                "The client is using an unsupported version of the Socket.IO or Engine.IO protocols",
                "",
                "",
            ),
            (
                Says.ENGINEIO_SESSION,
                "Invalid session ",
                r"\bInvalid session [\w-]{1,64} \(further occurrences",
                "Invalid session gone (further occurrences of this error will be logged with level INFO)",
            ),
            (
                Says.ENGINEIO_TRANSPORT,
                "Invalid transport",
                r"\bInvalid transport \(further occurrences",
                "Invalid transport (further occurrences of this error will be logged with level INFO)",
            ),
            (
                Says.ORIGIN,
                " is not an accepted origin.",
                r"(?P<origin>[^\s'\"]{1,400}) is not an accepted origin\.",
                "http://evil.test is not an accepted origin. (further occurrences of this error will be logged with level INFO)",
            ),
            (Says.ORIGIN, "not an accepted origin", "", "400 'not an accepted origin' from Flask-SocketIO"),
        ),
    ),
    *family(
        "socket.io-client",
        Hop.CLIENT,
        _ENGINE_CLIENT,
        (
            (
                Says.NOTHING,
                "TransportError: ",
                r"\bTransportError: (?:websocket error|xhr poll error)",
                "TransportError: websocket error",
            ),
            (
                Says.NOTHING,
                "connect_error",
                r"\bconnect_error\b.{0,40}\bwebsocket error",
                "connect_error due to websocket error",
            ),
        ),
    ),
    *family(
        "node",
        Hop.CLIENT,
        _NODE,
        (
            (
                Says.REFUSED,
                "ECONNREFUSED",
                r"\bECONNREFUSED(?: (?P<host>[\w.:-]{1,255}?):(?P<port>\d{1,5}))?\b",
                "Error: connect ECONNREFUSED 127.0.0.1:9",
            ),
            (
                Says.NAME_UNKNOWN,
                "ENOTFOUND",
                r"\bENOTFOUND\b(?: (?P<host>[\w.-]{1,255}))?",
                "Error: getaddrinfo ENOTFOUND nope.invalid",
            ),
            (Says.NAME_UNKNOWN, "EAI_AGAIN", "", "Error: getaddrinfo EAI_AGAIN example.com"),
            (
                Says.UNREACHABLE,
                "connect ETIMEDOUT",
                r"\bconnect ETIMEDOUT\b",
                "Error: connect ETIMEDOUT 203.0.113.1:443",
            ),
            (
                Says.UNREACHABLE,
                "EHOSTUNREACH",
                r"\bEHOSTUNREACH\b",
                "Error: connect EHOSTUNREACH 203.0.113.1:443",
            ),
            (
                Says.UNREACHABLE,
                "ENETUNREACH",
                r"\bENETUNREACH\b",
                "Error: connect ENETUNREACH 203.0.113.1:443",
            ),
            (Says.CLOSED, "socket hang up", "", "Error: socket hang up"),
            (
                Says.NOTHING,
                "ECONNRESET",
                r"\b(?:read )?ECONNRESET\b",
                "Error: read ECONNRESET",
            ),  # also when open
            (
                Says.NOT_HTTP,
                "Parse Error: Expected HTTP/",
                "",
                "Error: Parse Error: Expected HTTP/, RTSP/ or ICE/",
            ),
        ),
        vague=True,
    ),
)
