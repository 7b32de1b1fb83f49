"""What Rust's libraries print: tungstenite and what is built on it, the websocket crate (websocat 1), rustls and hyper."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_TUNGSTENITE = "tungstenite: src/error.rs"
_WEBSOCAT = "observed: websocat 1.13.0"

SAYINGS = (
    *family(
        "tungstenite",
        Hop.CLIENT,
        _TUNGSTENITE,
        (
            (
                Says.NOTHING,
                "HTTP error: ",
                r"\bHTTP error: (?P<status>\d{3})\b",
                "HTTP error: 400 Bad Request",
            ),
            (
                Says.CLOSED,
                "WebSocket protocol error: Handshake not finished",
                "",
                "",
            ),
            (Says.CLOSED, "HandshakeIncomplete", r"\bHandshakeIncomplete\b", "Protocol(HandshakeIncomplete)"),
            (Says.NOTHING, "URL error: TLS support not compiled in", "", ""),
        ),
        vague=("HTTP error: ",),
    ),
    *family(
        "tungstenite",
        Hop.CLIENT,
        _TUNGSTENITE,
        (
            (
                Says.ACCEPT_KEY,
                'Key mismatch in "Sec-WebSocket-Accept" header',
                "",
                'WebSocket protocol error: Key mismatch in "Sec-WebSocket-Accept" header',
            ),
            (
                Says.NO_UPGRADE_BACK,
                '"Upgrade: websocket" header',
                r'WebSocket protocol error: No "Upgrade: websocket" header',
                'WebSocket protocol error: No "Upgrade: websocket" header',
            ),
            (
                Says.NO_UPGRADE_BACK,
                '"Connection: upgrade" header',
                r'WebSocket protocol error: No "Connection: upgrade" header',
                'WebSocket protocol error: No "Connection: upgrade" header',
            ),
            (
                Says.SUBPROTOCOL,
                "SubProtocol error: ",
                r"\bSubProtocol error: (?:Server sent|Server did not|Client did)",
                "WebSocket protocol error: SubProtocol error: Server sent no subprotocol",
            ),
        ),
        status=101,
    ),
    *family(
        "tungstenite",
        Hop.SERVER,
        _TUNGSTENITE,
        (
            (
                Says.KEY_MISSING,
                'No "Sec-WebSocket-Key" header',
                "",
                'WebSocket protocol error: No "Sec-WebSocket-Key" header',
            ),
        ),
    ),
    *family(
        "websocat",
        Hop.CLIENT,
        _WEBSOCAT,
        (
            (
                Says.NOTHING,
                "Received unexpected status code (",
                r"Received unexpected status code \((?P<status>\d{3})",
                "websocat: WebSocketError: WebSocketError: Received unexpected status code (400 Bad Request)",
            ),
            (
                Says.REDIRECT,
                "WebSocketError: Redirected (",
                r"WebSocketError: Redirected \((?P<status>\d{3})",
                "websocat: WebSocketError: WebSocketError: Redirected (301 Moved Permanently) to /400",
            ),
            (
                Says.REFUSED,
                "WebSocketError: Connection refused",
                "",
                "websocat: WebSocketError: Connection refused (os error 111)",
            ),
            (
                Says.NOTHING,  # also of a socket that was open
                "WebSocketError: WebSocket I/O error: Connection reset by peer",
                "",
                "websocat: WebSocketError: WebSocket I/O error: Connection reset by peer (os error 104)",
            ),
            (
                Says.NOTHING,
                "websocat: WebSocketError: ",
                r"websocat: WebSocketError: (?:WebSocket protocol error|I/O failure)",
                "websocat: WebSocketError: WebSocket protocol error",
            ),
        ),
    ),
    *family(
        "websocat",
        Hop.CLIENT,
        _WEBSOCAT,
        ((Says.ACCEPT_KEY, "WebSocket response error: Sec-WebSocket-Accept is invalid", "", ""),),
        status=101,
    ),
    *family(
        "rust",
        Hop.CLIENT,
        "std::io::Error of Rust, and rustls",
        (
            (Says.REFUSED, "Connection refused (os error ", "", "Connection refused (os error 111)"),
            (
                Says.NOTHING,
                "Connection reset by peer (os error ",
                "",
                "Connection reset by peer (os error 104)",
            ),
            (Says.NOTHING, "Connection timed out (os error ", "", "Connection timed out (os error 110)"),
            (
                Says.NAME_UNKNOWN,
                "failed to lookup address information",
                "",
                "failed to lookup address information: Name or service not known",
            ),
            (Says.TLS_UNTRUSTED, "invalid peer certificate: UnknownIssuer", "", ""),
            (Says.TLS_EXPIRED, "invalid peer certificate: Expired", "", ""),
            (Says.TLS_NAME, "invalid peer certificate: NotValidForName", "", ""),
            (Says.TLS_WRONG_VERSION, "received corrupt message of type InvalidContentType", "", ""),
        ),
        vague=True,
    ),
)
