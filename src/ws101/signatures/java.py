"""Servers in Java: Tomcat, Jetty, Spring, Netty, and what took its texts from SockJS.

Tomcat answers a lost Upgrade and an unknown path with the same 404, which therefore names no reason here; its 400 for
a missing Connection or key is the one that any servlet sends.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import holds, whole
from ws101.terms import Hop

_TOMCAT = "observed: Tomcat 10.1.60"
_JETTY = "observed: Jetty 9.4.57"
_SPRING = (
    "https://github.com/spring-projects/spring-framework/blob/main/spring-websocket/src/main/java/org/springframework/"
    "web/socket/server/support/AbstractHandshakeHandler.java"
)
_CORS = (
    "https://github.com/spring-projects/spring-framework/blob/main/spring-web/src/main/java/org/springframework/"
    "web/cors/DefaultCorsProcessor.java"
)
_BOOT = "https://docs.spring.io/spring-boot/reference/web/servlet.html#web.servlet.spring-mvc.error-handling"
_NETTY = (
    "https://github.com/netty/netty/blob/4.1/codec-http/src/main/java/io/netty/handler/codec/http/websocketx/"
    "WebSocketServerHandshaker00.java"
)


def _tomcat(name: str, says: Says, status: int, words: str = "") -> Signature:
    """Return a signature of Tomcat's error page; `words` is a regular expression."""
    body = rf"(?s)<title>HTTP Status {status} (?:\u2013|&#8211;|-) .*<b>Type</b> {words}"
    return Signature(f"tomcat-{name}", "tomcat", Hop.SERVER, says, _TOMCAT, frozenset({status}), body)


def _jetty(name: str, says: Says, statuses: set[int], body: str) -> Signature:
    """Return a signature of Jetty's error pages; `body` is a regular expression."""
    return Signature(f"jetty-{name}", "jetty", Hop.SERVER, says, _JETTY, frozenset(statuses), f"(?s){body}")


def _boot(says: Says, status: int) -> Signature:
    body = rf'\A\{{"timestamp":.*"status":{status},"error":".*"path":"/'
    return Signature(
        f"spring-boot-{status}", "spring boot", Hop.SERVER, says, _BOOT, frozenset({status}), body
    )


_OPENED = "<title>Error "

SIGNATURES = (
    _tomcat("too-large", Says.HEADER_TOO_LARGE, 400, r"Exception Report.*Request header is too large"),
    _tomcat("malformed", Says.MALFORMED, 400, "Exception Report"),
    _tomcat("400", Says.NOT_A_HANDSHAKE, 400, "Status Report"),
    _tomcat("401", Says.CREDENTIALS, 401),
    _tomcat("403", Says.FORBIDDEN, 403),
    _tomcat("404", Says.NOTHING, 404),
    _tomcat("500", Says.ERROR, 500),
    _tomcat("503", Says.UNAVAILABLE, 503),
    _jetty(
        "version", Says.VERSION, {400}, f"{_OPENED}400 Unsupported websocket version specification</title>"
    ),
    _jetty(
        "no-key",
        Says.KEY_MISSING,
        {400},
        f"{_OPENED}400 Missing request header &apos;Sec-WebSocket-Key&apos;",
    ),
    _jetty(
        "not-a-handshake",
        Says.NOT_A_HANDSHAKE,
        {400, 405},
        f"{_OPENED}40[05] HTTP method GET is not supported by this URL",
    ),
    _jetty("too-large", Says.HEADER_TOO_LARGE, {414, 431}, r"\A<h1>Bad Message 4\d\d</h1><pre>reason: "),
    _jetty("malformed", Says.MALFORMED, {400}, r"\A<h1>Bad Message 400</h1><pre>reason: "),
    _jetty("401", Says.CREDENTIALS, {401}, f"{_OPENED}401 Unauthorized</title>.*<h2>HTTP ERROR 401 "),
    _jetty("403", Says.FORBIDDEN, {403}, f"{_OPENED}403 Forbidden</title>.*<h2>HTTP ERROR 403 "),
    _jetty("404", Says.NOTHING, {404}, f"{_OPENED}404 Not Found</title>.*<h2>HTTP ERROR 404 "),
    _jetty("500", Says.ERROR, {500}, rf"{_OPENED}500 .*<h2>HTTP ERROR 500 "),
    Signature(
        "spring-no-connection",
        "spring",
        Hop.SERVER,
        Says.NO_CONNECTION,
        _SPRING,
        frozenset({400}),
        whole('"Connection" must be "upgrade".'),
    ),
    Signature(
        "spring-origin",
        "spring",
        Hop.SERVER,
        Says.ORIGIN,
        _CORS,
        frozenset({403}),
        whole("Invalid CORS request"),
    ),
    _boot(Says.NO_ROUTE, 404),
    _boot(Says.CREDENTIALS, 401),
    _boot(Says.FORBIDDEN, 403),
    _boot(Says.ERROR, 500),
    Signature(
        "netty-no-upgrade",
        "netty",
        Hop.SERVER,
        Says.NO_UPGRADE,
        _NETTY,
        frozenset({400}),
        holds("not a WebSocket handshake request: missing upgrade"),
    ),
    # Spring, Vert.x, Netty's SockJS and others write this without a type; Tornado, which gives one, goes before.
    Signature(
        "sockjs-no-upgrade",
        "spring or sockjs",
        Hop.SERVER,
        Says.NO_UPGRADE,
        _SPRING,
        frozenset({400}),
        whole('Can "Upgrade" only to "WebSocket".'),
    ),
)
