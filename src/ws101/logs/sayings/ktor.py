"""What Ktor prints of a handshake: its clients, and its server."""

from ws101.logs.saying import family
from ws101.report import Hop
from ws101.signature import Says

_CLIENT = "ktor-client-websockets: WebSockets.kt, `WebSocketException`; Ktor 2.3 and 3.x"

SAYINGS = (
    *family(
        "ktor",
        Hop.CLIENT,
        _CLIENT,
        (
            (
                Says.NOTHING,
                "expected status code 101 but was ",
                r"Handshake exception, expected status code 101 but was (?P<status>\d{3})",
                "io.ktor.client.plugins.websocket.WebSocketException: Handshake exception, expected status code 101 but was 400",
            ),
        ),
    ),
)
