"""What Python's servers and frameworks print of handshakes: websockets, aiohttp, tornado, autobahn, uvicorn, gunicorn."""

from ws101.logs.saying import family
from ws101.pattern import compiled
from ws101.signature import Says
from ws101.terms import Hop

_TORNADO = "observed: tornado 6.6.1 at level debug; websocket.py"
_AIOHTTP = "observed: aiohttp 3.14.5; web_ws.py"
_AUTOBAHN = (
    "autobahn: websocket/protocol.py, WebSocketServerProtocol.processHandshake; observed in daphne 4.2.3"
)
_UVICORN = "observed: uvicorn 0.54.0"
_GUNICORN = "observed: gunicorn 27.0.1"
_WEBSOCKETS = "observed: websockets 17.4 at levels info and debug"
_SERVERS = "as the server's source words it"

_RAISED = r"websockets\.exceptions\.\w{1,60}: "

SAYINGS = (
    *family(
        "tornado",
        Hop.SERVER,
        _TORNADO,
        (
            (Says.NO_UPGRADE, 'Can "Upgrade" only to "WebSocket"', "", 'Can "Upgrade" only to "WebSocket".'),
            (Says.NO_CONNECTION, '"Connection" must be "Upgrade"', "", '"Connection" must be "Upgrade".'),
            (Says.ORIGIN, "Cross origin websockets not allowed", "", ""),
            (
                Says.NOTHING,  # version, host or key: the words do not tell which
                "Missing/Invalid WebSocket headers",
                "",
                "",
            ),
        ),
    ),
    *family(
        "aiohttp",
        Hop.SERVER,
        _AIOHTTP,
        (
            (Says.NO_UPGRADE, "No WebSocket UPGRADE hdr", "", "No WebSocket UPGRADE hdr: None"),
            (Says.NO_CONNECTION, "No CONNECTION upgrade hdr", "", "No CONNECTION upgrade hdr: keep-alive"),
            (Says.KEY_MISSING, "Handshake error: None", "", ""),
            (
                Says.TLS_TO_PLAIN,
                "nvalid method encountered",
                r"[Ii]nvalid method encountered:?\s{0,8}(?:b?['\"])?\\{1,2}x16\\{1,2}x03",
                "aiohttp.http_exceptions.BadStatusLine: 400, message: Invalid method encountered b'\\x16\\x03\\x01'",
            ),
            (Says.TLS_TO_PLAIN, "Received HTTPS traffic on an HTTP port", "", ""),
            (
                Says.SUBPROTOCOL,
                "overlap server-known ones",
                r"Client protocols .{1,400} overlap server-known ones",
                "Client protocols ['chat'] don’t overlap server-known ones ('v1.timers',)",
            ),
            (
                Says.HEADER_TOO_LARGE,
                "aiohttp.http_exceptions.LineTooLong",
                "",
                "aiohttp.http_exceptions.LineTooLong: 400, message: Got more than 8190 bytes when reading",
            ),
        ),
        vague=("aiohttp.http_exceptions.LineTooLong", "overlap server-known ones"),
    ),
    *family(
        "websockets",
        Hop.SERVER,
        _WEBSOCKETS,
        (  # what only its server raises; of the others see by_websockets
            (
                Says.KEY_MISSING,
                "missing Sec-WebSocket-Key header",
                _RAISED + "missing Sec-WebSocket-Key header",
                "websockets.exceptions.InvalidHeader: missing Sec-WebSocket-Key header",
            ),
            (
                Says.KEY_INVALID,
                "invalid Sec-WebSocket-Key header",
                _RAISED + "invalid Sec-WebSocket-Key header",
                "websockets.exceptions.InvalidHeaderValue: invalid Sec-WebSocket-Key header: x",
            ),
            (
                Says.VERSION,
                "Sec-WebSocket-Version header",
                _RAISED + "(?:missing|invalid) Sec-WebSocket-Version header",
                "websockets.exceptions.InvalidHeaderValue: invalid Sec-WebSocket-Version header: 8",
            ),
            (
                Says.ORIGIN,
                "Origin header",
                _RAISED + "(?:missing|invalid) Origin header",
                "websockets.exceptions.InvalidOrigin: invalid Origin header: http://evil.test",
            ),
        ),
    ),
    *family(
        "websockets",
        Hop.SERVER,
        "websockets 8: http.py, read_line",
        (
            (
                Says.HEADER_TOO_LARGE,
                "SecurityError",
                r"SecurityError\(?['\": ]{1,3}line too long",
                "SecurityError('line too long')",
            ),
        ),
    ),
    *family(
        "autobahn",
        Hop.SERVER,
        _AUTOBAHN,
        (
            (
                Says.HOST,
                " in HTTP Host header does not match server listening port ",
                r"port \d{1,5} in HTTP Host header does not match server listening port \d{1,5}",
                "port 6587 in HTTP Host header does not match server listening port 9090",
            ),
            (
                Says.HOST,
                "missing port in HTTP Host header",
                r"missing port in HTTP Host header(?: '(?P<host>[^'\n]{1,255})')? and server runs on non-standard port",
                "missing port in HTTP Host header 'localhost' and server runs on non-standard port 9000",
            ),
            (
                Says.ORIGIN,
                "WebSocket connection denied: origin ",
                r"WebSocket connection denied: origin '?(?P<origin>[^'\n]{1,400}?)'? not allowed",
                "WebSocket connection denied: origin 'null' not allowed",
            ),
            (
                Says.NO_CONNECTION,
                'HTTP Connection headers do not include "upgrade" value',
                "",
                'HTTP Connection headers do not include "upgrade" value (case-insensitive): "keep-alive"',
            ),
            (Says.NO_CONNECTION, "HTTP Connection header missing", "", ""),
            (
                Says.NO_UPGRADE,
                'HTTP Upgrade headers do not include "websocket" value',
                "",
                'HTTP Upgrade headers do not include "websocket" value (case-insensitive): "h2c"',
            ),
            (Says.KEY_MISSING, "HTTP Sec-WebSocket-Key header missing", "", ""),
            (
                Says.KEY_INVALID,
                "bad Sec-WebSocket-Key (length must be 24 ASCII chars)",
                "",
                'bad Sec-WebSocket-Key (length must be 24 ASCII chars) "SGVsbG8sIHdvcmxkIQ=="',
            ),
            (
                Says.VERSION,
                "WebSocket version ",
                r"WebSocket version \d{1,3} not supported",
                "WebSocket version 8 not supported (supported versions: 0,13)",
            ),
        ),
    ),
    *family(
        "uvicorn",
        Hop.SERVER,
        _UVICORN,
        (
            (Says.NO_LIBRARY, "No supported WebSocket library detected", "", ""),
            (
                Says.NOTHING,  # the library is missing only where the next line says so; else Upgrade was no websocket
                "Unsupported upgrade request",
                "",
                "Unsupported upgrade request.",
            ),
            (Says.MALFORMED, "Invalid HTTP request received", "", "Invalid HTTP request received."),
        ),
        vague=("Invalid HTTP request received",),
    ),
    *family(
        "gunicorn",
        Hop.SERVER,
        _GUNICORN,
        (
            (
                Says.TLS_TO_PLAIN,
                "Invalid request from ip=",
                r"Invalid request from ip=(?P<client>\S{1,64}): Invalid HTTP request line: ['\"]?(?:\\x16\\x03|\\{2}x16\\{2}x03|\x16\x03)",
                "Invalid request from ip=127.0.0.1: Invalid HTTP request line: '\\x16\\x03\\x01'",
            ),
            (
                Says.PROXY_PROTOCOL,
                "Invalid request from ip=",
                r"Invalid request from ip=(?P<client>\S{1,64}): Invalid HTTP request line: ['\"]?PROXY (?:TCP|UNKNOWN)",
                "Invalid request from ip=127.0.0.1: Invalid HTTP request line: 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2'",
            ),
            (
                Says.HEADER_TOO_LARGE,
                "Invalid request from ip=",
                r"Invalid request from ip=(?P<client>\S{1,64}): limit request (?:headers fields size|line)",
                "Invalid request from ip=127.0.0.1: limit request headers fields size",
            ),
        ),
    ),
    *family(
        "python",
        Hop.SERVER,
        "OpenSSL's reason HTTP_REQUEST, as Python's ssl names it",
        (
            (
                Says.PLAIN_HTTP_TO_TLS,
                "[SSL: HTTP_REQUEST] http request",
                "",
                "ssl.SSLError: [SSL: HTTP_REQUEST] http request (_ssl.c:1006)",
            ),
        ),
    ),
    *family(
        "home assistant",
        Hop.SERVER,
        "Home Assistant: components/http/forwarded.py",
        (
            (
                Says.DISTRUSTS_PROXY,
                "A request from a reverse proxy was received from ",
                r"A request from a reverse proxy was received from (?P<client>[\w.:]{1,64}), but your HTTP integration is not set-up for reverse proxies",
                "A request from a reverse proxy was received from 172.18.0.3, but your HTTP integration is not set-up for reverse proxies",
            ),
            (
                Says.DISTRUSTS_PROXY,
                "Received X-Forwarded-For header from an untrusted proxy ",
                r"Received X-Forwarded-For header from an untrusted proxy (?P<client>[\w.:]{1,64})",
                "Received X-Forwarded-For header from an untrusted proxy 172.18.0.3",
            ),
        ),
    ),
)


def by_websockets(reason: str) -> Says:
    """Return what the server of websockets means by the message of its exception."""
    from ws101.signatures.websockets import REASONS  # loads all signatures, which few logs need

    return next((says for _, says, pattern in REASONS if compiled(pattern).match(reason)), Says.NOTHING)
