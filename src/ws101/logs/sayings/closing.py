"""How an open WebSocket ended, as libraries print it: the close code of RFC 6455, 7.4, and who sent it."""

from ws101.logs.entry import Told
from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_GORILLA = "observed: gorilla/websocket 1.5.0; conn.go, CloseError"
_WEBSOCKETS = "observed: websockets 10.4 and 17.4; exceptions.py"

SAYINGS = (
    *family(
        "gorilla/websocket",
        Hop.SERVER,
        _GORILLA,
        (
            (
                Says.NOTHING,
                "websocket: close ",
                r"\bwebsocket: close (?P<code>[1-4]\d{3})\b",
                "read: websocket: close 1006 (abnormal closure): unexpected EOF",
            ),
        ),
        told=Told.ENDED,
    ),
    *family(
        "websockets",
        Hop.CLIENT,
        _WEBSOCKETS,
        (
            (
                Says.NOTHING,
                "ConnectionClosed",
                r"ConnectionClosed\w{0,5}: received (?P<code>[1-4]\d{3}) \(",
                "websockets.exceptions.ConnectionClosedError: received 1008 (policy violation) no; then sent 1008 (policy violation) no",
            ),
            (
                Says.NOTHING,
                "ConnectionClosed",
                r"ConnectionClosed\w{0,5}: sent (?P<code>[1-4]\d{3}) \(",
                "websockets.exceptions.ConnectionClosedError: sent 1011 (internal error) keepalive ping timeout; no close frame received",
            ),
            (
                Says.NOTHING,
                "no close frame received or sent",
                "",
                "websockets.exceptions.ConnectionClosedError: no close frame received or sent",
            ),
            (
                Says.NOTHING,
                "ConnectionClosed",
                r"ConnectionClosed\w{0,5}: code = (?P<code>[1-4]\d{3}) \(",
                "websockets.exceptions.ConnectionClosed: code = 1008 (policy violation), reason = no",
            ),
        ),
        told=Told.ENDED,
    ),
    *family(
        ".net",
        Hop.CLIENT,
        ".NET: net_WebSockets_ConnectionClosedPrematurely in Strings.resx",
        (
            (
                Says.NOTHING,
                "The remote party closed the WebSocket connection without completing the close handshake",
                "",
                "",
            ),
        ),
        told=Told.ENDED,
    ),
    *family(
        "the client",
        Hop.CLIENT,
        "as applications print the code of a CloseEvent",
        (
            (
                Says.NOTHING,
                "lose",
                r"(?i)\b(?:web ?socket|socket|connection|ws)\b.{0,60}\bclosed?\b.{0,40}?(?:\bcode\b[^\d\n]{0,12}|\(|: ?)(?P<code>1\d{3}|3\d{3}|4\d{3})\b",
                "WebSocket connection closed with code 1008",
            ),
        ),
        told=Told.ENDED,
        vague=True,
    ),
)
