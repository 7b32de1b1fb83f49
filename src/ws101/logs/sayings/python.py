"""What Python's client libraries print: websockets, websocket-client, aiohttp, tornado."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_WEBSOCKETS = "observed: websockets 10.4 and 17.4"
_WEBSOCKET_CLIENT = "observed: websocket-client 1.9.2"
_AIOHTTP = "observed: aiohttp 3.14.5"
_TORNADO = "observed: tornado 6.6.1"

SAYINGS = (
    *family(
        "websockets",
        Hop.CLIENT,
        _WEBSOCKETS,
        (
            (
                Says.FORWARD_PROXY,
                "proxy rejected connection: HTTP ",
                "",
                "websockets.exceptions.InvalidProxyStatus: proxy rejected connection: HTTP 407",
            ),
            (
                Says.FORWARD_PROXY,
                "InvalidProxyMessage: did not receive a valid HTTP response from proxy",
                "",
                "websockets.exceptions.InvalidProxyMessage: did not receive a valid HTTP response from proxy",
            ),
            (
                Says.NOTHING,
                "server rejected WebSocket connection: HTTP ",
                r"server rejected WebSocket connection: HTTP (?P<status>\d{3})",
                "websockets.exceptions.InvalidStatus: server rejected WebSocket connection: HTTP 400",
            ),
            (
                Says.NOTHING,
                "Status code not 101: ",
                r"InvalidHandshake: Status code not 101: (?P<status>\d{3})",
                "websockets.exceptions.InvalidHandshake: Status code not 101: 400",
            ),
            (
                Says.NOTHING,  # a 101 without a reason phrase was malformed to it, too
                "InvalidHandshake: Malformed HTTP message",
                "",
                "websockets.exceptions.InvalidHandshake: Malformed HTTP message",
            ),
            (
                Says.CLOSED,  # with the causes, as a traceback ends with them
                "did not receive a valid HTTP response",
                r"did not receive a valid HTTP response(?s:.{0,400})stream ends after 0 bytes, before end of line",
                "InvalidMessage: did not receive a valid HTTP response; Caused by: EOFError: stream ends after 0 bytes, before end of line",
            ),
            (
                Says.NOTHING,  # it takes answers in HTTP/1.1 alone
                "did not receive a valid HTTP response",
                r"did not receive a valid HTTP response(?s:.{0,400})unsupported protocol; expected HTTP/1\.1: HTTP/1\.0 (?P<status>\d{3})",
                "InvalidMessage: did not receive a valid HTTP response; Caused by: ValueError: unsupported protocol; expected HTTP/1.1: HTTP/1.0 200 OK",
            ),
            (
                Says.NOT_HTTP,
                "did not receive a valid HTTP response",
                r"did not receive a valid HTTP response(?s:.{0,400})(?:unsupported protocol; expected HTTP/1\.1|invalid HTTP status line): ",
                "InvalidMessage: did not receive a valid HTTP response; Caused by: ValueError: unsupported protocol; expected HTTP/1.1: SSH-2.0-OpenSSH_9.2",
            ),
            (
                Says.NOT_HTTP,
                "did not receive a valid HTTP response",
                r"did not receive a valid HTTP response(?s:.{0,400})line without CRLF",
                "InvalidMessage: did not receive a valid HTTP response; Caused by: EOFError: line without CRLF",
            ),
            (
                Says.NOT_HTTP,
                "did not receive a valid HTTP response",
                r"did not receive a valid HTTP response(?s:.{0,400})stream ends after [1-9]\d{0,5} bytes, before end of line",
                "InvalidMessage: did not receive a valid HTTP response; Caused by: EOFError: stream ends after 7 bytes, before end of line",
            ),
            (
                Says.NOTHING,  # closed, reset, or no HTTP: it is printed for all three
                "did not receive a valid HTTP response",
                "",
                "websockets.exceptions.InvalidMessage: did not receive a valid HTTP response",
            ),
            (
                Says.SILENT,
                "timed out during opening handshake",
                "",
                "TimeoutError: timed out during opening handshake",
            ),
        ),
    ),
    *family(
        "websockets",
        Hop.CLIENT,
        _WEBSOCKETS,
        (
            (
                Says.ACCEPT_KEY,
                "Sec-WebSocket-Accept header",
                r"websockets\.exceptions\.\w+: (?:invalid|missing) Sec-WebSocket-Accept header",
                "websockets.exceptions.InvalidHeaderValue: invalid Sec-WebSocket-Accept header: AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ),
            (
                Says.NO_UPGRADE_BACK,
                "InvalidUpgrade: ",
                r"InvalidUpgrade: (?:missing|invalid) (?:Upgrade|Connection) header",
                "websockets.exceptions.InvalidUpgrade: missing Upgrade header",
            ),
            (
                Says.EXTENSION,
                "NegotiationError: ",
                r"NegotiationError: no extensions supported",
                "websockets.exceptions.NegotiationError: no extensions supported",
            ),
            (
                Says.SUBPROTOCOL,
                "NegotiationError: ",
                r"NegotiationError: no subprotocols supported",
                "websockets.exceptions.NegotiationError: no subprotocols supported",
            ),
            (
                Says.EXTENSION,
                "Unsupported extension: name = ",
                "",
                "websockets.exceptions.NegotiationError: Unsupported extension: name = permessage-deflate, params = [('server_no_context_takeover', None)]",
            ),
            (
                Says.SUBPROTOCOL,
                "unsupported subprotocol: ",
                r"NegotiationError: unsupported subprotocol: ",
                "websockets.exceptions.NegotiationError: unsupported subprotocol: b",
            ),
        ),
        status=101,
    ),
    *family(
        "websocket-client",
        Hop.CLIENT,
        _WEBSOCKET_CLIENT,
        (
            (
                Says.NOTHING,
                "Handshake status ",
                r"\bHandshake status (?P<status>\d{3})\b",
                "websocket._exceptions.WebSocketBadStatusException: Handshake status 400 Bad Request -+-+- {'connection': 'close'} -+-+- b'bad request'",
            ),
            (
                Says.NOT_HTTP,
                "WebSocketException: Invalid status line: ",
                "",
                "websocket._exceptions.WebSocketException: Invalid status line: 'SSH-2.0-OpenSSH_9.2'",
            ),
            (
                Says.NAME_UNKNOWN,
                "WebSocketAddressException: ",
                r"WebSocketAddressException: \[Errno -?\d{1,5}\]",
                "websocket._exceptions.WebSocketAddressException: [Errno -2] Name or service not known",
            ),
            (
                Says.NOTHING,  # also of a socket that was open
                "Connection to remote host was lost",
                "",
                "websocket._exceptions.WebSocketConnectionClosedException: Connection to remote host was lost.",
            ),
            (
                Says.REDIRECT,
                "WebSocketException: Invalid redirect target ",
                "",
                "websocket._exceptions.WebSocketException: Invalid redirect target '/login': url is invalid",
            ),
        ),
    ),
    *family(
        "websocket-client",
        Hop.CLIENT,
        _WEBSOCKET_CLIENT,
        (
            (
                Says.NOTHING,  # Accept, Upgrade or Connection: it does not tell which
                "WebSocketException: Invalid WebSocket Header",
                "",
                "websocket._exceptions.WebSocketException: Invalid WebSocket Header",
            ),
        ),
        status=101,
    ),
    *family(
        "aiohttp",
        Hop.CLIENT,
        _AIOHTTP,
        (
            (
                Says.ACCEPT_KEY,
                "message='Invalid challenge response'",
                r"WSServerHandshakeError: (?P<status>101), message='Invalid challenge response'(?:, url=(?:URL\()?'(?P<url>[^']{1,2000})')?",
                "aiohttp.client_exceptions.WSServerHandshakeError: 101, message='Invalid challenge response', url='ws://example.com/ws'",
            ),
            (
                Says.NO_UPGRADE_BACK,
                "message='Invalid ",
                r"WSServerHandshakeError: (?P<status>101), message='Invalid (?:upgrade|connection) header'(?:, url=(?:URL\()?'(?P<url>[^']{1,2000})')?",
                "aiohttp.client_exceptions.WSServerHandshakeError: 101, message='Invalid upgrade header', url='ws://example.com/ws'",
            ),
            (
                Says.NOTHING,
                "WSServerHandshakeError",
                r"WSServerHandshakeError(?:: |\()(?P<status>\d{3}), message='Invalid response status'(?:, url=(?:URL\()?'(?P<url>[^']{1,2000})')?",
                "aiohttp.client_exceptions.WSServerHandshakeError: 400, message='Invalid response status', url='ws://example.com/ws'",
            ),
            (
                Says.NOTHING,
                "WSServerHandshakeError",
                r"\bWSServerHandshakeError\b",
                "aiohttp.client_exceptions.WSServerHandshakeError",
            ),
        ),
    ),
    *family(
        "aiohttp",
        Hop.CLIENT,
        _AIOHTTP,
        (
            (
                Says.TLS_WRONG_VERSION,
                "ClientConnectorSSLError: ",
                r"ClientConnectorSSLError: Cannot connect to host (?P<host>\S{1,255}?):(?P<port>\d{1,5}) .{0,40}WRONG_VERSION_NUMBER",
                "aiohttp.client_exceptions.ClientConnectorSSLError: Cannot connect to host example.com:443 ssl:default [[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)]",
            ),
            (
                Says.NAME_UNKNOWN,
                "ClientConnectorDNSError: ",
                r"ClientConnectorDNSError: Cannot connect to host (?P<host>\S{1,255}?):(?P<port>\d{1,5})",
                "aiohttp.client_exceptions.ClientConnectorDNSError: Cannot connect to host nope.invalid:80 ssl:default [Name or service not known]",
            ),
            (
                Says.REFUSED,
                "ClientConnectorError: ",
                r"ClientConnectorError: Cannot connect to host (?P<host>\S{1,255}?):(?P<port>\d{1,5}) .{0,40}Connect call failed",
                "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host 127.0.0.1:9 ssl:default [Connect call failed ('127.0.0.1', 9)]",
            ),
            (
                Says.CLOSED,
                "ServerDisconnectedError: Server disconnected",
                "",
                "aiohttp.client_exceptions.ServerDisconnectedError: Server disconnected",
            ),
        ),
        vague=True,
    ),
    *family(
        "tornado",
        Hop.CLIENT,
        _TORNADO,
        (
            (
                Says.NOTHING,
                "WebSocketError: Non-websocket response",
                "",
                "tornado.websocket.WebSocketError: Non-websocket response",
            ),
        ),
    ),
    *family(
        "tornado",
        Hop.CLIENT,
        _TORNADO,
        (
            (
                Says.NOTHING,
                "tornado.httpclient.HTTPClientError: HTTP ",
                r"tornado\.httpclient\.HTTPClientError: HTTP (?P<status>\d{3}): ",
                "tornado.httpclient.HTTPClientError: HTTP 400: Bad Request",
            ),
            (
                Says.NOTHING,  # also where what came was no HTTP
                "tornado.simple_httpclient.HTTPStreamClosedError: Stream closed",
                "",
                "",
            ),
        ),
        vague=True,
    ),
    *family(
        "ws4py",
        Hop.CLIENT,
        "ws4py: client/__init__.py, process_response_line",
        (
            (
                Says.NOTHING,
                "HandshakeError: Invalid response status: ",
                r"HandshakeError: Invalid response status: b?'?(?P<status>\d{3})",
                "ws4py.exc.HandshakeError: Invalid response status: b'400' b'Bad Request'",
            ),
        ),
    ),
)
