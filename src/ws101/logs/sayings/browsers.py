"""What browsers print in their console: Chromium (Chrome, Edge, Electron), Firefox and Safari."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_CHROMIUM = "Chromium: net/websockets/websocket_basic_handshake_stream.cc, websocket_stream.cc, and Blink's websocket_channel_impl.cc"
_NET = "Chromium: net/base/net_error_list.h"
_FIREFOX = "Firefox: dom/locales/en-US/chrome/appstrings.properties, connectionFailure and netInterrupt"
_SAFARI = "WebKit: Source/WebCore/Modules/websockets/WebSocketChannel.cpp, and CFNetwork's localised errors"
_HANDSHAKE = (
    r"(?:WebSocket connection to '(?P<url>[^']{1,2000})' failed: )?Error during WebSocket handshake: "
)
_TO = r"WebSocket connection to '(?P<url>[^']{1,2000})' failed: "


_NET_ERRORS = (
    (Says.REFUSED, "ERR_CONNECTION_REFUSED"),
    (Says.NAME_UNKNOWN, "ERR_NAME_NOT_RESOLVED"),
    (Says.UNREACHABLE, "ERR_CONNECTION_TIMED_OUT"),
    (Says.UNREACHABLE, "ERR_ADDRESS_UNREACHABLE"),
    (Says.CLOSED, "ERR_CONNECTION_RESET"),
    (Says.CLOSED, "ERR_CONNECTION_CLOSED"),
    (Says.CLOSED, "ERR_EMPTY_RESPONSE"),
    (Says.NOT_HTTP, "ERR_INVALID_HTTP_RESPONSE"),
    (Says.TLS_UNTRUSTED, "ERR_CERT_AUTHORITY_INVALID"),
    (Says.TLS_NAME, "ERR_CERT_COMMON_NAME_INVALID"),
    (Says.TLS_VERSION, "ERR_SSL_VERSION_OR_CIPHER_MISMATCH"),
    (Says.TLS_SERVER_NAME, "ERR_SSL_UNRECOGNIZED_NAME_ALERT"),
    (Says.CLIENT_CERTIFICATE_MISSING, "ERR_BAD_SSL_CLIENT_AUTH_CERT"),
    (Says.FORWARD_PROXY, "ERR_TUNNEL_CONNECTION_FAILED"),
    (Says.FORWARD_PROXY, "ERR_PROXY_CONNECTION_FAILED"),
    # Both say too little: a certificate that is not valid yet has the former, and any broken TLS the latter.
    (Says.NOTHING, "ERR_CERT_DATE_INVALID"),
    (Says.NOTHING, "ERR_SSL_PROTOCOL_ERROR"),
)

SAYINGS = (
    *family(
        "chromium",
        Hop.CLIENT,
        _CHROMIUM,
        (
            (
                Says.NOTHING,
                "Error during WebSocket handshake: Unexpected response code: ",
                _HANDSHAKE + r"Unexpected response code: (?P<status>\d{3})",
                "WebSocket connection to 'wss://example.com/ws' failed: Error during WebSocket handshake: Unexpected response code: 400",
            ),
        ),
    ),
    *family(
        "chromium",
        Hop.CLIENT,
        _CHROMIUM,
        (
            (
                Says.NO_UPGRADE_BACK,
                "header is missing",
                r"(?:Error during WebSocket handshake: )'(?:Upgrade|Connection)' header is missing",
                "Error during WebSocket handshake: 'Upgrade' header is missing",
            ),
            (
                Says.NO_UPGRADE_BACK,
                "header value must contain 'Upgrade'",
                "",
                "Error during WebSocket handshake: 'Connection' header value must contain 'Upgrade'",
            ),
            (
                Says.NO_UPGRADE_BACK,
                "'Upgrade' header value is not 'WebSocket'",
                "",
                "Error during WebSocket handshake: 'Upgrade' header value is not 'WebSocket': h2c",
            ),
            (
                Says.ACCEPT_KEY,
                "'Sec-WebSocket-Accept' header",
                r"Incorrect 'Sec-WebSocket-Accept' header value|'Sec-WebSocket-Accept' header is missing",
                "Error during WebSocket handshake: Incorrect 'Sec-WebSocket-Accept' header value",
            ),
            (
                Says.SUBPROTOCOL,
                "Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received",
                "",
                "",
            ),
            (
                Says.SUBPROTOCOL,
                "Response must not include 'Sec-WebSocket-Protocol' header if not present in request",
                "",
                "",
            ),
            (
                Says.SUBPROTOCOL,
                "in response does not match any of sent values",
                "",
                "Error during WebSocket handshake: 'Sec-WebSocket-Protocol' header value 'b' in response does not match any of sent values",
            ),
            (Says.SUBPROTOCOL, "Sec-WebSocket-Protocol mismatch", "", ""),
            (
                Says.EXTENSION,
                "Found an unsupported extension",
                "",
                "Error during WebSocket handshake: Found an unsupported extension 'x' in 'Sec-WebSocket-Extensions' header",
            ),
            (
                Says.NOTHING,  # twice is not without
                "header must not appear more than once in a response",
                r"'[\w-]{1,40}' header must not appear more than once in a response",
                "Error during WebSocket handshake: 'Upgrade' header must not appear more than once in a response",
            ),
        ),
        status=101,
    ),
    *family(
        "chromium",
        Hop.CLIENT,
        _CHROMIUM,
        (
            (
                Says.CREDENTIALS,
                "HTTP Authentication failed; no valid credentials available",
                _TO + "HTTP Authentication failed; no valid credentials available",
                "WebSocket connection to 'wss://example.com/ws' failed: HTTP Authentication failed; no valid credentials available",
            ),
        ),
        status=401,
    ),
    *family(
        "chromium",
        Hop.CLIENT,
        _CHROMIUM,
        (
            (
                Says.CLOSED,
                "Connection closed before receiving a handshake response",
                rf"(?:{_TO})?Connection closed before receiving a handshake response",
                "WebSocket connection to 'ws://example.com/ws' failed: Connection closed before receiving a handshake response",
            ),
            (
                Says.NOTHING,
                "WebSocket is closed before the connection is established",
                rf"(?:{_TO})?WebSocket is closed before the connection is established",
                "WebSocket connection to 'ws://example.com/ws' failed: WebSocket is closed before the connection is established.",
            ),
            (
                Says.SUBPROTOCOL,
                "Failed to construct 'WebSocket': The subprotocol ",
                r"Failed to construct 'WebSocket': The subprotocol '[^']{0,400}' is (?:invalid|duplicated)",
                "Uncaught DOMException: Failed to construct 'WebSocket': The subprotocol 'a b' is invalid.",
            ),
            (
                Says.NOTHING,
                "Failed to construct 'WebSocket': ",
                "",
                "Failed to construct 'WebSocket': An insecure WebSocket connection may not be initiated from a page loaded over HTTPS.",
            ),
            (
                Says.NOTHING,
                "attempted to connect to the insecure WebSocket endpoint '",
                r"attempted to connect to the insecure WebSocket endpoint '(?P<url>[^']{1,2000})'",
                "Mixed Content: The page at 'https://example.com/' was loaded over HTTPS, but attempted to connect to the insecure WebSocket endpoint 'ws://example.com/ws'.",
            ),
        ),
    ),
    *family(
        "chromium",
        Hop.CLIENT,
        _NET,
        (
            (
                says,
                f"net::{name}",
                rf"(?:{_TO})[\w :.]{{0,60}}net::{name}",
                f"WebSocket connection to 'wss://example.com/ws' failed: Error in connection establishment: net::{name}",
            )
            for says, name in _NET_ERRORS
        ),
    ),
    *family(
        "safari",
        Hop.CLIENT,
        _SAFARI,
        (
            (
                Says.NOTHING,
                "failed: There was a bad response from the server",
                _TO + "There was a bad response from the server",
                "WebSocket connection to 'wss://example.com/ws' failed: There was a bad response from the server.",
            ),
            (
                Says.NOTHING,
                "failed: Unexpected response code: ",
                _TO + r"Unexpected response code: (?P<status>\d{3})",
                "WebSocket connection to 'wss://example.com/ws' failed: Unexpected response code: 400",
            ),
            (
                Says.REFUSED,
                "failed: Could not connect to the server",
                _TO + "Could not connect to the server",
                "WebSocket connection to 'ws://example.com/ws' failed: Could not connect to the server.",
            ),
            (
                Says.NAME_UNKNOWN,
                "failed: A server with the specified hostname could not be found",
                _TO + "A server with the specified hostname could not be found",
                "WebSocket connection to 'ws://example.com/ws' failed: A server with the specified hostname could not be found.",
            ),
            (
                Says.UNREACHABLE,
                "failed: The request timed out",
                _TO + "The request timed out",
                "WebSocket connection to 'ws://example.com/ws' failed: The request timed out.",
            ),
        ),
    ),
    *family(
        "firefox",
        Hop.CLIENT,
        _FIREFOX,
        (
            (
                Says.NOTHING,
                "establish a connection to the server at ws",
                r"Firefox can.t establish a connection to the server at (?P<url>wss?://\S{1,2000}?)\.?(?:\s|$)",
                "Firefox can’t establish a connection to the server at wss://example.com/ws.",
            ),
            (
                Says.NOTHING,
                " was interrupted while the page was loading",
                r"The connection to (?P<url>wss?://\S{1,2000}?) was interrupted while the page was loading",
                "The connection to wss://example.com/ws was interrupted while the page was loading.",
            ),
        ),
    ),
    *family(
        "a browser",
        Hop.CLIENT,
        _CHROMIUM,
        (
            (
                Says.NOTHING,
                "Unexpected response code: ",
                r"\bUnexpected response code: (?P<status>\d{3})",
                "Unexpected response code: 400",
            ),
            (
                Says.NOTHING,
                "WebSocket connection to '",
                _TO.rstrip(),
                "WebSocket connection to 'wss://example.com/ws' failed: ",
            ),
        ),
    ),
)
