"""What Ktor prints of a handshake: its clients, and its server."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_CLIENT = "ktor-client: plugins/websocket/WebSockets.kt, engine/cio/utils.kt; Ktor 2.3 and 3.x"
_SERVER = "ktor-server-websockets: WebSocketUpgrade.kt and Routing.kt"

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
            (
                Says.NAME_UNKNOWN,
                "java.nio.channels.UnresolvedAddressException",
                r"\bktor\b.{0,200}UnresolvedAddressException",
                "io.ktor.client.plugins.websocket.WebSocketException: java.nio.channels.UnresolvedAddressException",
            ),
        ),
    ),
    *family(
        "ktor",
        Hop.SERVER,
        _SERVER,
        (
            (
                Says.NO_UPGRADE,
                "Unable to perform upgrade as it is not requested by the client",
                "",
                "io.ktor.server.plugins.BadRequestException: Unable to perform upgrade as it is not requested by the client: request should have Upgrade and Connection headers filled",
            ),
        ),
    ),
)
