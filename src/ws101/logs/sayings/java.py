"""What Java's libraries print: OkHttp, java.net.http, Java-WebSocket, Jetty, Tyrus, Tomcat, Spring, Helidon, Undertow."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_OKHTTP = "observed: OkHttp 3.13.1; RealWebSocket.java, checkUpgradeSuccess"
_JDK = "observed: java.net.http of OpenJDK 17; jdk.internal.net.http.websocket.OpeningHandshake"
_JAVA_WEBSOCKET = "Java-WebSocket: Draft.java, translateHandshakeHttpClient, and Draft_6455.java"
_JETTY = "jetty-websocket-core-client: CoreClientUpgradeRequest.java"
_TOMCAT = "Tomcat: org/apache/tomcat/websocket/LocalStrings.properties"
_TYRUS = "Tyrus: TyrusClientEngine.java and core/LocalStrings"
_SPRING = "Spring: AbstractHandshakeHandler.java, OriginHandshakeInterceptor.java, UrlPathHelper"
_HELIDON = "Helidon: WsClientImpl.java and WsUpgrader.java"

SAYINGS = (
    *family(
        "okhttp",
        Hop.CLIENT,
        _OKHTTP,
        (
            (
                Says.NOTHING,
                "Expected HTTP 101 response but was '",
                r"Expected HTTP 101 response but was '(?P<status>\d{3})[^'\n]{0,200}'",
                "java.net.ProtocolException: Expected HTTP 101 response but was '400 Bad Request'",
            ),
        ),
    ),
    *family(
        "okhttp",
        Hop.CLIENT,
        _OKHTTP,
        (
            (
                Says.ACCEPT_KEY,
                "Expected 'Sec-WebSocket-Accept' header value '",
                "",
                "java.net.ProtocolException: Expected 'Sec-WebSocket-Accept' header value 'a=' but was 'b='",
            ),
            (
                Says.NO_UPGRADE_BACK,
                "header value '",
                r"Expected '(?:Connection' header value 'Upgrade|Upgrade' header value 'websocket)' but was ",
                "java.net.ProtocolException: Expected 'Connection' header value 'Upgrade' but was 'null'",
            ),
        ),
        status=101,
    ),
    *family(
        "okhttp",
        Hop.CLIENT,
        _OKHTTP,
        (
            (
                Says.TLS_NAME,
                "SSLPeerUnverifiedException: Hostname ",
                r"SSLPeerUnverifiedException: Hostname (?P<host>\S{1,255}) not verified",
                "javax.net.ssl.SSLPeerUnverifiedException: Hostname example.com not verified:",
            ),
            (
                Says.CLOSED,
                "unexpected end of stream on ",
                "",
                "java.io.IOException: unexpected end of stream on Connection{example.com:443, proxy=DIRECT}",
            ),
            (
                Says.NOT_HTTP,
                "ProtocolException: Unexpected status line: ",
                "",
                "java.net.ProtocolException: Unexpected status line: SSH-2.0-OpenSSH_9.2",
            ),
            (
                Says.NOTHING,
                "CLEARTEXT communication to ",
                r"CLEARTEXT communication to (?P<host>\S{1,255}) not permitted",
                "java.net.UnknownServiceException: CLEARTEXT communication to example.com not permitted by network security policy",
            ),
        ),
        vague=True,
    ),
    *family(
        "java.net.http",
        Hop.CLIENT,
        _JDK,
        (
            (
                Says.NOTHING,
                "Unexpected HTTP response status code ",
                r"CheckFailedException: Unexpected HTTP response status code (?P<status>\d{3})",
                "Caused by: jdk.internal.net.http.websocket.CheckFailedException: Unexpected HTTP response status code 400",
            ),
        ),
    ),
    *family(
        "java.net.http",
        Hop.CLIENT,
        _JDK,
        (
            (
                Says.ACCEPT_KEY,
                "CheckFailedException: Bad Sec-WebSocket-Accept",
                "",
                "Caused by: jdk.internal.net.http.websocket.CheckFailedException: Bad Sec-WebSocket-Accept",
            ),
            (
                Says.NO_UPGRADE_BACK,
                "CheckFailedException: ",
                r"CheckFailedException: (?:Response field missing: (?:Upgrade|Connection)|Bad response field: (?:Upgrade|Connection))",
                "Caused by: jdk.internal.net.http.websocket.CheckFailedException: Response field missing: Upgrade",
            ),
            (
                Says.NOTHING,
                "Upgrade responses cannot have a transfer coding",
                "",
                "java.io.IOException: Upgrade responses cannot have a transfer coding",
            ),
        ),
        status=101,
    ),
    *family(
        "java.net.http",
        Hop.CLIENT,
        _JDK,
        (
            (
                Says.NOT_HTTP,
                "java.net.ProtocolException: Invalid status line: ",
                "",
                'java.net.ProtocolException: Invalid status line: "SSH-2.0-OpenSSH_9.2"',
            ),
            (
                Says.NOTHING,
                "java.net.http.WebSocketHandshakeException",
                "",
                "java.util.concurrent.ExecutionException: java.net.http.WebSocketHandshakeException",
            ),
        ),
        vague=("java.net.ProtocolException: Invalid status line: ",),
    ),
    *family(
        "java-websocket",
        Hop.CLIENT,
        _JAVA_WEBSOCKET,
        (
            (
                Says.NOTHING,
                "Invalid status code received: ",
                r"Invalid status code received: (?P<status>\d{3})\b",
                "Invalid status code received: 400 Status line: HTTP/1.1 400 Bad Request",
            ),
            (
                Says.NOTHING,
                "InvalidHandshakeException: ",
                r"org\.java_websocket\.exceptions\.InvalidHandshakeException: ",
                "org.java_websocket.exceptions.InvalidHandshakeException: draft Draft_6455 refuses handshake",
            ),
        ),
    ),
    *family(
        "jetty",
        Hop.CLIENT,
        _JETTY,
        (
            (
                Says.NOTHING,
                "Failed to upgrade to websocket: Unexpected HTTP Response Status Code: ",
                r"Failed to upgrade to websocket: Unexpected HTTP Response Status Code: (?P<status>\d{3})",
                "org.eclipse.jetty.websocket.api.exceptions.UpgradeException: Failed to upgrade to websocket: Unexpected HTTP Response Status Code: 404 Not Found",
            ),
        ),
    ),
    *family(
        "tomcat",
        Hop.CLIENT,
        _TOMCAT,
        (
            (
                Says.NOTHING,
                "did not permit the HTTP upgrade to WebSocket",
                r"The HTTP response from the server \[(?:HTTP/1\.[01] )?(?P<status>\d{3})[^\]\n]{0,100}\] did not permit the HTTP upgrade to WebSocket",
                "jakarta.websocket.DeploymentException: The HTTP response from the server [400] did not permit the HTTP upgrade to WebSocket",
            ),
            (
                Says.NOTHING,
                "The HTTP request to initiate the WebSocket connection",
                r"The HTTP request to initiate the WebSocket connection(?: to \[(?P<url>[^\]\n]{1,2000})\])? failed",
                "jakarta.websocket.DeploymentException: The HTTP request to initiate the WebSocket connection to [ws://example.com/ws] failed",
            ),
        ),
    ),
    *family(
        "tyrus",
        Hop.CLIENT,
        _TYRUS,
        (
            (
                Says.NOTHING,
                "Response code was not 101: ",
                r"Response code was not 101: (?P<status>\d{3})",
                "org.glassfish.tyrus.core.HandshakeException: Response code was not 101: 400.",
            ),
        ),
    ),
    *family(
        "tyrus",
        Hop.CLIENT,
        _TYRUS,
        (
            (
                Says.CREDENTIALS,
                "Authentication failed.",
                r"tyrus[\w.]{0,80}AuthenticationException: ",
                "org.glassfish.tyrus.client.auth.AuthenticationException: Authentication failed.",
            ),
        ),
        status=401,
    ),
    *family(
        "helidon",
        Hop.CLIENT,
        _HELIDON,
        (
            (
                Says.NOTHING,
                "Failed to upgrade to WebSocket. Response: ",
                r"Failed to upgrade to WebSocket\. Response: (?P<status>\d{3})",
                "Failed to upgrade to WebSocket. Response: 200 OK",
            ),
        ),
    ),
    *family(
        "spring",
        Hop.SERVER,
        _SPRING,
        (
            (
                Says.NO_UPGRADE,
                "Handshake failed due to invalid Upgrade header: ",
                "",
                "Handshake failed due to invalid Upgrade header: null",
            ),
            (
                Says.NO_CONNECTION,
                "Handshake failed due to invalid Connection header",
                "",
                "Handshake failed due to invalid Connection header [keep-alive]",
            ),
            (
                Says.VERSION,
                "Handshake failed due to unsupported WebSocket version: ",
                "",
                "Handshake failed due to unsupported WebSocket version: 8. Supported versions: [13]",
            ),
            (
                Says.METHOD,
                "Handshake failed due to unexpected HTTP method: ",
                r"Handshake failed due to unexpected HTTP method: (?P<method>[A-Z]{1,12})",
                "Handshake failed due to unexpected HTTP method: POST",
            ),
            (
                Says.ORIGIN,
                "Handshake request rejected, Origin header value ",
                r"Handshake request rejected, Origin header value (?P<origin>\S{1,400}) not allowed",
                "Handshake request rejected, Origin header value https://evil.test not allowed",
            ),
            (
                Says.ORIGIN,
                "returns false from beforeHandshake",
                r"OriginHandshakeInterceptor(?:@\w{1,16})? returns false from beforeHandshake",
                "org.springframework.web.socket.server.support.OriginHandshakeInterceptor@1f2e3d returns false from beforeHandshake - precluding handshake",
            ),
            (Says.KEY_MISSING, 'Missing "Sec-WebSocket-Key" header', "", ""),
        ),
    ),
    *family(
        "jetty",
        Hop.SERVER,
        "jetty-websocket-core-server: internal/RFC6455Handshaker.java, validateNegotiation",
        (
            (
                Says.KEY_MISSING,
                "issing request header",
                r"[Mm]issing request header '?Sec-WebSocket-Key'?",
                "org.eclipse.jetty.http.BadMessageException: 400: Missing request header 'Sec-WebSocket-Key'",
            ),
        ),
    ),
    *family(
        "tomcat",
        Hop.SERVER,
        "Tomcat: org/apache/tomcat/websocket/server/WsHandshakeRequest.java",
        (
            (
                Says.ERROR,
                "wsHandshakeRequest.unknownScheme",
                "",
                "java.lang.IllegalArgumentException: wsHandshakeRequest.unknownScheme",
            ),
        ),
    ),
    *family(
        "tomcat",
        Hop.SERVER,
        _TOMCAT + "; org/apache/coyote/http11/LocalStrings.properties",
        (
            (
                Says.TLS_TO_PLAIN,
                "Invalid character found in method name [0x16",
                "",
                "java.lang.IllegalArgumentException: Invalid character found in method name [0x160x030x01]. HTTP method names must be tokens",
            ),
            (
                Says.HEADER_TOO_LARGE,
                "Request header is too large",
                "",
                "java.lang.IllegalArgumentException: Request header is too large",
            ),
        ),
        vague=("Request header is too large",),
        status=400,
    ),
)
