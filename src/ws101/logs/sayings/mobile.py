"""What Dart and Flutter, Apple's URLSession and Starscream print."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_DART = "Dart: sdk/lib/_http/websocket_impl.dart"
_APPLE = "Foundation: NSURLError.h (-1011 NSURLErrorBadServerResponse, -1202 and the like)"
_STARSCREAM = "Starscream: Sources/Framer/HTTPHandler.swift, Sources/Engine/WSEngine.swift"

SAYINGS = (
    *family(
        "dart",
        Hop.CLIENT,
        _DART,
        (
            (
                Says.NOTHING,
                "was not upgraded to websocket",
                r"Connection to '(?P<url>[^'\n]{1,2000})' was not upgraded to websocket(?:, HTTP status code: (?P<status>\d{3}))?",
                "WebSocketException: Connection to 'https://example.com/ws#' was not upgraded to websocket, HTTP status code: 400",
            ),
            (
                Says.REFUSED,
                "SocketException: Connection refused",
                "",
                "SocketException: Connection refused (OS Error: Connection refused, errno = 111), address = example.com, port = 443",
            ),
            (
                Says.NAME_UNKNOWN,
                "SocketException: Failed host lookup: '",
                r"SocketException: Failed host lookup: '(?P<host>[^'\n]{1,255})'",
                "SocketException: Failed host lookup: 'nope.invalid'",
            ),
            (
                Says.TLS_UNTRUSTED,
                "CERTIFICATE_VERIFY_FAILED: ",
                r"HandshakeException: Handshake error in client .{0,80}CERTIFICATE_VERIFY_FAILED: (?:self signed certificate|unable to get local issuer certificate)",
                "HandshakeException: Handshake error in client (OS Error: CERTIFICATE_VERIFY_FAILED: unable to get local issuer certificate(handshake.cc:393))",
            ),
            (
                Says.TLS_WRONG_VERSION,
                "WRONG_VERSION_NUMBER",
                r"HandshakeException: Handshake error in client .{0,80}WRONG_VERSION_NUMBER",
                "HandshakeException: Handshake error in client (OS Error: WRONG_VERSION_NUMBER(tls_record.cc:242))",
            ),
        ),
        vague=(
            "SocketException: Connection refused",
            "SocketException: Failed host lookup: '",
            "CERTIFICATE_VERIFY_FAILED: ",
            "WRONG_VERSION_NUMBER",
        ),
    ),
    *family(
        "starscream",
        Hop.CLIENT,
        _STARSCREAM,
        (
            (
                Says.NOTHING,
                "Invalid HTTP upgrade",
                r"Invalid HTTP upgrade(?:,? code:? (?P<status>\d{3}))?",
                "Invalid HTTP upgrade code 301",
            ),
            (
                Says.NOTHING,
                "notAnUpgrade",
                r"\bnotAnUpgrade\((?P<status>\d{3})",
                "HTTPUpgradeError.notAnUpgrade(400, [:])",
            ),
        ),
    ),
    *family(
        "urlsession",
        Hop.CLIENT,
        _APPLE,
        (
            (
                Says.NOTHING,
                "There was a bad response from the server",
                r"NSURLErrorDomain Code=-1011 .There was a bad response from the server|There was a bad response from the server",
                'Error Domain=NSURLErrorDomain Code=-1011 "There was a bad response from the server."',
            ),
            (
                Says.NAME_UNKNOWN,
                "NSURLErrorDomain Code=-1003",
                "",
                'Error Domain=NSURLErrorDomain Code=-1003 "A server with the specified hostname could not be found."',
            ),
            (
                Says.REFUSED,
                "NSURLErrorDomain Code=-1004",
                "",
                'Error Domain=NSURLErrorDomain Code=-1004 "Could not connect to the server."',
            ),
            (
                Says.UNREACHABLE,
                "NSURLErrorDomain Code=-1001",
                "",
                'Error Domain=NSURLErrorDomain Code=-1001 "The request timed out."',
            ),
            (
                Says.TLS_UNTRUSTED,
                "NSURLErrorDomain Code=-1203",
                "",
                "Error Domain=NSURLErrorDomain Code=-1203",
            ),
            (
                Says.TLS_NOT_YET_VALID,
                "NSURLErrorDomain Code=-1204",
                "",
                "Error Domain=NSURLErrorDomain Code=-1204",
            ),
            (Says.TLS_EXPIRED, "NSURLErrorDomain Code=-1201", "", "Error Domain=NSURLErrorDomain Code=-1201"),
        ),
        vague=True,
    ),
)
