"""What Go's libraries print: gorilla/websocket, coder/websocket (nhooyr), x/net/websocket, net/http, and what is built on them."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_GORILLA = "observed: gorilla/websocket 1.5.0; client.go"
_UPGRADER = "observed: gorilla/websocket 1.5.0; server.go, returnError"
_CODER = "coder/websocket: dial.go and accept.go"
_HTTP = "observed: net/http of Go 1.19; server.go"

SAYINGS = (
    *family(
        "gorilla/websocket",
        Hop.SERVER,
        _UPGRADER,
        (
            (
                Says.NO_UPGRADE,
                "token not found in 'Upgrade' header",
                "",
                "upgrade: websocket: the client is not using the websocket protocol: 'websocket' token not found in 'Upgrade' header",
            ),
            (
                Says.NO_CONNECTION,
                "token not found in 'Connection' header",
                "",
                "upgrade: websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header",
            ),
            (
                Says.NO_CONNECTION,
                "could not find connection header with token 'upgrade'",
                "",
                "websocket: could not find connection header with token 'upgrade'",
            ),
            (Says.NO_CONNECTION, "'upgrade' token not found", "", "gorilla: 'upgrade' token not found"),
            (
                Says.NO_UPGRADE,
                "could not find upgrade header with token 'websocket'",
                "",
                "websocket: could not find upgrade header with token 'websocket'",
            ),
            (
                Says.KEY_MISSING,
                "'Sec-WebSocket-Key' header is missing or blank",
                r"'Sec-WebSocket-Key' header is missing or blank",
                "upgrade: websocket: not a websocket handshake: 'Sec-WebSocket-Key' header is missing or blank",
            ),
            (
                Says.KEY_INVALID,
                "'Sec-WebSocket-Key' header must be Base64 encoded",
                "",
                "websocket: not a websocket handshake: 'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length",
            ),
            (
                Says.VERSION,
                "websocket: unsupported version: 13 not found",
                "",
                "upgrade: websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header",
            ),
            (
                Says.METHOD,
                "websocket: not a websocket handshake: request method is not GET",
                "",
                "",
            ),
            (
                Says.ORIGIN,
                "request origin not allowed by Upgrader.CheckOrigin",
                "",
                "upgrade: websocket: request origin not allowed by Upgrader.CheckOrigin",
            ),
            (
                Says.ORIGIN,
                "websocket: origin not allowed",
                "",
                "websocket: origin not allowed (code=500)",
            ),
            (
                Says.ORIGIN,
                "'Origin' header value not allowed",
                r"'Origin' header value not allowed",
                "websocket: 'Origin' header value not allowed",
            ),
            (
                Says.ERROR,
                "response does not implement http.Hijacker",
                "",
                "websocket: response does not implement http.Hijacker",
            ),
        ),
    ),
    *family(
        "coder/websocket",
        Hop.CLIENT,
        _CODER,
        (
            (
                Says.NOTHING,
                "expected handshake response status code 101 but got ",
                r"expected handshake response status code 101 but got (?P<status>\d{3})",
                "failed to WebSocket dial: expected handshake response status code 101 but got 400",
            ),
        ),
    ),
    *family(
        "coder/websocket",
        Hop.CLIENT,
        _CODER,
        (
            (
                Says.NO_UPGRADE_BACK,
                "WebSocket protocol violation: ",
                r'dial: WebSocket protocol violation: (?:Connection header|Upgrade header) "[^"\n]{0,200}" does not contain',
                'failed to WebSocket dial: WebSocket protocol violation: Connection header "" does not contain Upgrade',
            ),
            (
                Says.ACCEPT_KEY,
                "WebSocket protocol violation: invalid Sec-WebSocket-Accept",
                "",
                'failed to WebSocket dial: WebSocket protocol violation: invalid Sec-WebSocket-Accept "x", key "y"',
            ),
            (
                Says.SUBPROTOCOL,
                "WebSocket protocol violation: unexpected Sec-WebSocket-Protocol from server",
                "",
                'failed to WebSocket dial: WebSocket protocol violation: unexpected Sec-WebSocket-Protocol from server: "b"',
            ),
        ),
        status=101,
    ),
    *family(
        "coder/websocket",
        Hop.SERVER,
        _CODER,
        (
            (
                Says.NO_UPGRADE,
                "failed to accept WebSocket connection: ",
                r'failed to accept WebSocket connection: WebSocket protocol violation: Upgrade header "',
                'failed to accept WebSocket connection: WebSocket protocol violation: Upgrade header "" does not contain websocket',
            ),
            (
                Says.NO_CONNECTION,
                "failed to accept WebSocket connection: ",
                r'failed to accept WebSocket connection: WebSocket protocol violation: Connection header "',
                'failed to accept WebSocket connection: WebSocket protocol violation: Connection header "close" does not contain Upgrade',
            ),
            (
                Says.EXTENSION,
                "unsupported permessage-deflate parameter: ",
                "",
                'failed to accept WebSocket connection: unsupported permessage-deflate parameter: "server_max_window_bits=12"',
            ),
            (
                Says.ORIGIN,
                "is not authorized for Host",
                r'failed to accept WebSocket connection: request Origin "(?P<origin>[^"\n]{1,400})" is not authorized for Host',
                'failed to accept WebSocket connection: request Origin "evil.test" is not authorized for Host "example.com"',
            ),
            (
                Says.KEY_MISSING,
                "WebSocket protocol violation: missing Sec-WebSocket-Key",
                "",
                "failed to accept WebSocket connection: WebSocket protocol violation: missing Sec-WebSocket-Key",
            ),
            (
                Says.VERSION,
                "unsupported WebSocket protocol version (only 13 is supported)",
                "",
                'failed to accept WebSocket connection: unsupported WebSocket protocol version (only 13 is supported): "8"',
            ),
            (
                Says.ERROR,
                "http.ResponseWriter does not implement http.Hijacker",
                r"ResponseWriter does not implement http\.Hijacker",
                "failed to accept WebSocket connection: http.ResponseWriter does not implement http.Hijacker",
            ),
        ),
    ),
    *family(
        "gorilla/websocket",
        Hop.CLIENT,
        _GORILLA,
        ((Says.NOTHING, "websocket: bad handshake", "", "dial: websocket: bad handshake"),),
    ),
    *family(
        "x/net/websocket",
        Hop.CLIENT,
        "golang.org/x/net/websocket: hybi.go, ErrBadStatus",
        (
            (
                Says.NOTHING,
                "websocket.Dial ",
                r"websocket\.Dial (?P<url>wss?://\S{1,2000}): bad status",
                "websocket.Dial ws://example.com/ws: bad status",
            ),
        ),
    ),
    *family(
        "go net/http",
        Hop.SERVER,
        _HTTP,
        (
            (
                Says.PLAIN_HTTP_TO_TLS,
                "client sent an HTTP request to an HTTPS server",
                r"http: TLS handshake error from (?P<client>\S{1,64}): client sent an HTTP request to an HTTPS server",
                "http: TLS handshake error from 127.0.0.1:57488: client sent an HTTP request to an HTTPS server",
            ),
            (
                Says.NOTHING,  # what looks like HTTP has words of its own
                "tls: first record does not look like a TLS handshake",
                r"http: TLS handshake error from (?P<client>\S{1,64}): tls: first record does not look like a TLS handshake",
                "http: TLS handshake error from 127.0.0.1:57488: tls: first record does not look like a TLS handshake",
            ),
            (
                Says.TLS_UNTRUSTED,
                "remote error: tls: ",
                r"http: TLS handshake error from (?P<client>\S{1,64}): remote error: tls: unknown certificate authority",
                "http: TLS handshake error from 127.0.0.1:57494: remote error: tls: unknown certificate authority",
            ),
            (
                Says.TLS_VERSION,
                "http: TLS handshake error from ",
                r"http: TLS handshake error from (?P<client>\S{1,64}): tls: (?:client offered only unsupported versions|no cipher suite supported by both)",
                "http: TLS handshake error from 127.0.0.1:57494: tls: client offered only unsupported versions: [302 301]",
            ),
            (
                Says.CLIENT_CERTIFICATE_MISSING,
                "tls: client didn't provide a certificate",
                r"http: TLS handshake error from (?P<client>\S{1,64}): tls: client didn't provide a certificate",
                "http: TLS handshake error from 127.0.0.1:57494: tls: client didn't provide a certificate",
            ),
            (
                Says.NOTHING,
                "http: TLS handshake error from ",
                r"http: TLS handshake error from (?P<client>\S{1,64}): ",
                "http: TLS handshake error from 127.0.0.1:57494: EOF",
            ),
        ),
    ),
    *family(
        "go net/http",
        Hop.SERVER,
        "net/http: the words of libraries that ask a ResponseWriter for its connection",
        (
            (
                Says.ERROR,
                "ResponseWriter does not implement http.Hijacker",
                "",
                "",
            ),
        ),
    ),
    *family(
        "grafana",
        Hop.SERVER,
        "Grafana: pkg/services/live/live.go, checkOrigin",
        (
            (
                Says.ORIGIN,
                "equest Origin is not authorized",
                r"[Rr]equest Origin is not authorized",
                'logger=live level=warn msg="Request Origin is not authorized" origin=https://a.test appUrl=http://localhost:3000/',
            ),
        ),
    ),
    *family(
        "go net/http",
        Hop.CLIENT,
        "observed: net/http of Go 1.19, through gorilla/websocket",
        (
            (
                Says.TLS_WRONG_VERSION,
                "tls: first record does not look like a TLS handshake",
                "",
                "dial: tls: first record does not look like a TLS handshake",
            ),
            (Says.TLS_UNTRUSTED, "x509: certificate signed by unknown authority", "", ""),
            (
                Says.TLS_EXPIRED,
                "x509: certificate has expired or is not yet valid: ",
                r"x509: certificate has expired or is not yet valid: current time \S{1,40} is after",
                "x509: certificate has expired or is not yet valid: current time 2026-11-26T01:00:00Z is after 2026-11-01T00:00:00Z",
            ),
            (
                Says.TLS_NOT_YET_VALID,
                "x509: certificate has expired or is not yet valid: ",
                r"x509: certificate has expired or is not yet valid: current time \S{1,40} is before",
                "x509: certificate has expired or is not yet valid: current time 2026-11-26T01:00:00Z is before 2027-11-01T00:00:00Z",
            ),
            (
                Says.TLS_NAME,
                "x509: certificate is valid for ",
                r"x509: certificate is valid for .{1,400}, not (?P<host>\S{1,255})",
                "x509: certificate is valid for other.test, not example.com",
            ),
            (
                Says.TLS_NAME,
                "x509: cannot validate certificate for ",
                "",
                "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
            ),
            (Says.NOT_HTTP, "malformed HTTP response", "", 'malformed HTTP response "SSH-2.0-OpenSSH_9.2"'),
            (
                Says.NAME_UNKNOWN,
                ": no such host",
                r"lookup (?P<host>[\w.-]{1,255})(?: on \S{1,80})?: no such host",
                "dial tcp: lookup nope.invalid on 192.0.2.53:53: no such host",
            ),
            (
                Says.REFUSED,
                "connect: connection refused",
                "",
                "dial tcp 127.0.0.1:9: connect: connection refused",
            ),
            (
                Says.UNREACHABLE,
                "i/o timeout",
                r"dial tcp (?P<host>\S{1,80}): (?:connect: )?i/o timeout",
                "dial tcp 203.0.113.1:443: i/o timeout",
            ),
            (
                Says.CLOSED,
                "read: connection reset by peer",
                r"\bdial\b.{0,200}read: connection reset by peer",
                "dial: read tcp 127.0.0.1:56786->127.0.0.1:9302: read: connection reset by peer",
            ),
        ),
        vague=True,
    ),
)
