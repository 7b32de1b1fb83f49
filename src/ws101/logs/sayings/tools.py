"""What tools print: curl, and clients in PHP, C++ and Elixir."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_CURL = "observed: curl 7.88.1; lib/ws.c for refusals"

SAYINGS = (
    *family(
        "curl",
        Hop.CLIENT,
        _CURL,
        (
            (
                Says.NOTHING,
                "curl: (",
                r"curl: \(22\) (?:Refused WebSockets? upgrade: |The requested URL returned error: )(?P<status>\d{3})",
                "curl: (22) Refused WebSockets upgrade: 400",
            ),
            (
                Says.REFUSED,
                "curl: (",
                r"curl: \(7\) Failed to connect to (?P<host>\S{1,255}) port (?P<port>\d{1,5})(?: after \d{1,9} ms)?: (?:Couldn't connect to server|Connection refused)",
                "curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server",
            ),
            (
                Says.NAME_UNKNOWN,
                "curl: (",
                r"curl: \(6\) Could not resolve host: (?P<host>\S{1,255})",
                "curl: (6) Could not resolve host: nope.invalid",
            ),
            (
                Says.UNREACHABLE,
                "curl: (",
                r"curl: \(28\) (?:Failed to connect to|Connection timed out)",
                "curl: (28) Failed to connect to 203.0.113.1 port 443 after 10002 ms: Connection timed out",
            ),
            (
                Says.NOTHING,  # also where a 101 came and nothing after it
                "curl: (28) Operation timed out",
                "",
                "curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received",
            ),
            # curl 7.88 asks for an upgrade and cannot speak it: it says so where the end came behind a 101, too.
            (Says.NOTHING, "curl: (52) Empty reply from server", "", ""),
            (Says.NOTHING, "curl: (56) Recv failure: Connection reset by peer", "", ""),
            (Says.NOT_HTTP, "curl: (1) Received HTTP/0.9 when not allowed", "", ""),
            (
                Says.TLS_WRONG_VERSION,
                "curl: (",
                r"curl: \(35\) .{0,120}wrong version number",
                "curl: (35) OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number",
            ),
            (
                Says.TLS_UNTRUSTED,
                "curl: (",
                r"curl: \(60\) SSL certificate problem: (?:self[- ]signed certificate|unable to get local issuer certificate)",
                "curl: (60) SSL certificate problem: self-signed certificate",
            ),
            (Says.TLS_EXPIRED, "curl: (60) SSL certificate problem: certificate has expired", "", ""),
            (
                Says.TLS_NOT_YET_VALID,
                "curl: (60) SSL certificate problem: certificate is not yet valid",
                "",
                "",
            ),
            (
                Says.TLS_NAME,
                "curl: (60) SSL: no alternative certificate subject name matches",
                "",
                "curl: (60) SSL: no alternative certificate subject name matches target host name 'example.com'",
            ),
            (
                Says.FORWARD_PROXY,
                "curl: (",
                r"curl: \(56\) (?:CONNECT tunnel failed, response|Received HTTP code) (?:\d{3})",
                "curl: (56) CONNECT tunnel failed, response 407",
            ),
        ),
    ),
    *family(
        "textalk/websocket",
        Hop.CLIENT,
        "Textalk/websocket-php: lib/Client.php",
        (
            (
                Says.NOTHING,
                "Server sent invalid upgrade response",
                r"Connection to '(?P<url>wss?://[^'\n]{1,2000})' failed: Server sent invalid upgrade response:?\s{0,4}HTTP/1\.[01] (?P<status>\d{3})",
                "Connection to 'ws://localhost/' failed: Server sent invalid upgrade response: HTTP/1.1 400 Bad Request",
            ),
        ),
    ),
    *family(
        "nextcloud",
        Hop.CLIENT,
        "Nextcloud: notify_push, Setup checks",
        (
            (
                Says.NOTHING,
                "Server responded with: ",
                r"Server responded with: (?P<status>\d{3})\b",
                "Server responded with: 400",
            ),
        ),
        vague=True,
    ),
    *family(
        "qt",
        Hop.CLIENT,
        "Qt: qwebsocket_p.cpp, processHandshake",
        (
            (
                Says.NOTHING,
                "QWebSocketPrivate::processHandshake: Unhandled http status code: ",
                r"Unhandled http status code: (?P<status>\d{3})",
                "QWebSocketPrivate::processHandshake: Unhandled http status code: 400 (Bad Request).",
            ),
        ),
    ),
    *family(
        "websocketpp",
        Hop.SERVER,
        "websocketpp: impl/connection_impl.hpp, handle_write_http_response",
        (
            (
                Says.NOTHING,
                "Handshake ended with HTTP error: ",
                r"Handshake ended with HTTP error: (?P<status>\d{3})",
                "Handshake ended with HTTP error: 400",
            ),
        ),
    ),
    *family(
        "ixwebsocket",
        Hop.CLIENT,
        "IXWebSocket: IXWebSocketHandshake.cpp, clientHandshake",
        (
            (
                Says.NOTHING,
                "Expecting status 101 (Switching Protocol), got ",
                r"Expecting status 101 \(Switching Protocol\), got (?P<status>\d{3}) status",
                "Connection error: Expecting status 101 (Switching Protocol), got 400 status connecting to wss://example.com",
            ),
            (
                Says.NOTHING,
                "Got bad status connecting to ",
                r"Got bad status connecting to (?P<host>\S{1,255}), status: (?P<status>\d{3})",
                "Got bad status connecting to example.com, status: 400, HTTP Status line: HTTP/1.1 400 Bad Request",
            ),
        ),
    ),
    *family(
        "cloudflare worker",
        Hop.CLIENT,
        "workers and miniflare, as users quote it",
        (
            (
                Says.NOTHING,
                "expected 101 but received ",
                r"expected 101 but received (?P<status>\d{3})",
                "expected 101 but received 404",
            ),
        ),
    ),
    *family(
        "mint",
        Hop.CLIENT,
        "mint_web_socket: lib/mint/web_socket.ex",
        (
            (
                Says.HTTP_VERSION,
                "extended_connect_disabled",
                r"\bextended_connect_disabled\b",
                "%Mint.WebSocketError{reason: :extended_connect_disabled}",
            ),
            (
                Says.NOTHING,
                "Mint.WebSocket.UpgradeFailureError",
                r"UpgradeFailureError\{status_code: (?P<status>\d{3})",
                "%Mint.WebSocket.UpgradeFailureError{status_code: 400, headers: []}",
            ),
        ),
    ),
)
