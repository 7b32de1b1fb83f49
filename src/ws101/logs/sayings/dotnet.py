"""What .NET's libraries print: ClientWebSocket, Kestrel, SignalR."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_CLIENT = ".NET: System.Net.WebSockets.Client/src/Resources/Strings.resx, net_WebSockets_*"
_KESTREL = "ASP.NET Core: Kestrel's CoreStrings.resx, and HttpConnectionDispatcher of SignalR"

SAYINGS = (
    *family(
        ".net",
        Hop.CLIENT,
        _CLIENT,
        (
            (
                Says.NOTHING,
                "when status code '101' was expected",
                r"The server returned status code '(?P<status>\d{3})' when status code '101' was expected",
                "System.Net.WebSockets.WebSocketException (0x80004005): The server returned status code '400' when status code '101' was expected.",
            ),
            (
                Says.NOTHING,
                "Unable to connect to the remote server",
                r"WebSocketException(?: \(\w{1,12}\))?: Unable to connect to the remote server",
                "System.Net.WebSockets.WebSocketException (0x80004005): Unable to connect to the remote server",
            ),
        ),
    ),
    *family(
        ".net",
        Hop.CLIENT,
        _CLIENT,
        (
            (
                Says.ACCEPT_KEY,
                "The 'Sec-WebSocket-Accept' header value '",
                "",
                "The 'Sec-WebSocket-Accept' header value 'x' is invalid.",
            ),
            (
                Says.NO_UPGRADE_BACK,
                "' header value '",
                r"The '(?:Upgrade|Connection)' header value '[^'\n]{0,200}' is invalid",
                "The 'Connection' header value 'close' is invalid.",
            ),
            (
                Says.SUBPROTOCOL,
                "The WebSocket client request requested ",
                r"The WebSocket client request requested '[^'\n]{0,400}' protocol\(s\), but server is only accepting",
                "The WebSocket client request requested 'a' protocol(s), but server is only accepting 'b' protocol(s).",
            ),
        ),
        status=101,
    ),
    *family(
        "signalr",
        Hop.CLIENT,
        "SignalR: signalr-protocol-json and @microsoft/signalr, HttpConnection.ts",
        (
            (
                Says.NOTHING,
                "Error: Failed to start the transport 'WebSockets'",
                "",
                "Error: Failed to start the transport 'WebSockets': Error: WebSocket failed to connect.",
            ),
            (
                Says.NOTHING,
                "WebSocket failed to connect. The connection could not be found on the server",
                "",
                "",
            ),
        ),
    ),
    *family(
        "kestrel",
        Hop.SERVER,
        _KESTREL,
        (
            (
                Says.MALFORMED,
                'bad request data: "',
                r'Connection id "[\w:]{1,64}" bad request data: "',
                'Connection id "0HN4" bad request data: "Invalid request line: \'\\x16\\x03\\x01\'"',
            ),
        ),
        vague=('bad request data: "',),
    ),
)
