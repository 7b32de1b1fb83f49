"""Reports of handshakes that were sent, one for each way in which that can end."""

from msgspec.structs import replace

from ws101.report import (
    Cleared,
    Crossing,
    Exchange,
    Fact,
    Finding,
    FrameLine,
    NotTested,
    Passage,
    Remedy,
    Report,
    Step,
    TargetInfo,
    Trial,
)
from ws101.terms import Certainty, Family, Fate, Hop, Outcome, StepState

PASSED, FAILED, SKIPPED, UNKNOWN = StepState.PASSED, StepState.FAILED, StepState.SKIPPED, StepState.UNKNOWN

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455, section 1.3
HANDSHAKE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    f"Sec-WebSocket-Key: {KEY}",
    "Sec-WebSocket-Version: 13",
)


def _lines(*lines: str, **notes: str) -> tuple[FrameLine, ...]:
    """Frame lines; a note's name is the number of its line, as in `n3`."""
    return tuple(FrameLine(line, notes.get(f"n{number}", "")) for number, line in enumerate(lines))


def trials(*rows: tuple[str, Family, str, str, int | None, float | None]) -> tuple[Trial, ...]:
    return tuple(Trial(*row, works=row[3] == "101, open") for row in rows)


REPAIR, DAMAGE = Family.REPAIR, Family.DAMAGE
BASELINE = ("baseline", Family.BASELINE, "the handshake as you send it")

STORY = Report(
    target=TargetInfo("ws://timers.example:443/timers", "timers.example", 443, "/timers", "ws"),
    outcome=Outcome.REFUSED,
    status=400,
    summary="Plain ws:// was spoken to a port that expects TLS",
    findings=(
        Finding(
            "plaintext-to-tls-port",
            Hop.TLS,
            Certainty.PROVEN,
            "Plain ws:// was spoken to a port that expects TLS",
            (
                Fact("nginx says that plain HTTP came to its TLS port", "the answer's body"),
                Fact("the same handshake over TLS on the same port: 101", "experiment tls-instead"),
            ),
            Remedy(
                "Use `wss://` for this port. Take the scheme, the host and the port from one URL, and log the URL that was "
                "used, not the one that was meant.",
                Hop.CLIENT,
                patch='-val url = "ws://timers.example:443/timers"\n+val url = "wss://timers.example/timers"',
                command="ws101 check wss://timers.example/timers",
            ),
        ),
    ),
    ruled_out=(
        Cleared("certificate-expired", "the certificate is valid for 61 more days"),
        Cleared("token-expired", "the handshake was refused before any token was looked at"),
        Cleared("origin-rejected", "without Origin the answer is the same", "without-origin"),
        Cleared("upgrade-header-missing", "the request has Upgrade: websocket"),
        Cleared("connection-header-lacks-upgrade", "the request has Connection: Upgrade"),
        Cleared("wrong-path", "at a path that nothing serves the answer is the same", "nonsense-path"),
        Cleared("websocket-key-invalid", "the key decodes to 16 bytes"),
        Cleared("header-duplicated", "no field stands twice in the request"),
        Cleared("host-not-found", "the name has 2 addresses"),
    ),
    not_tested=(
        NotTested("token-signature-invalid", "the server's secret or public key (--jwt-secret-file, --jwks)"),
        NotTested("token-key-unknown", "the server's secret or public key (--jwt-secret-file, --jwks)"),
        NotTested("proxy-strips-authorization", "the server itself, past the proxy (--direct URL)"),
    ),
    trail=(
        Step(Hop.CLIENT, PASSED, "GET HTTP/1.1"),
        Step(Hop.NETWORK, PASSED, "192.0.2.7", 11.8),
        Step(Hop.TLS, FAILED, "plaintext-to-tls-port", 1.4),
        Step(Hop.PROXY, UNKNOWN, "not reached"),
        Step(Hop.SERVER, UNKNOWN, "not reached"),
        Step(Hop.AUTH, UNKNOWN, "not reached"),
    ),
    experiments=trials(
        (*BASELINE, "400 Bad Request", 400, 13.2),
        ("repeat", REPAIR, "sent once more", "400 Bad Request", 400, 12.9),
        ("tls-instead", REPAIR, "over TLS (wss://), same port", "101, open", 101, 41.7),
        ("without-origin", REPAIR, "without Origin", "400 Bad Request", 400, 12.4),
        ("nonsense-path", REPAIR, "at a path at which nothing can be served", "400 Bad Request", 400, 12.6),
    ),
    exchange=Exchange(
        sent=_lines(
            "GET /timers HTTP/1.1",
            "Host: timers.example:443",
            *HANDSHAKE,
            "Authorization: Bearer [token 9f2c]",
        ),
        received=_lines(
            "HTTP/1.1 400 Bad Request",
            "Server: nginx/1.22.1",
            "Date: Sat, 14 Feb 2026 09:26:53 GMT",
            "Content-Type: text/html",
            "Content-Length: 255",
            "Connection: close",
            "",
            "<html>",
            "<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>",
            "<body>",
            "<center><h1>400 Bad Request</h1></center>",
            n8="nginx: plain HTTP came to a TLS port",
        ),
    ),
    next_steps=("ws101 explain plaintext-to-tls-port",),
)

DROPPED_UPGRADE = Report(
    target=TargetInfo("wss://chat.example/socket?v=2", "chat.example", 443, "/socket?v=2", "wss"),
    outcome=Outcome.REFUSED,
    status=426,
    summary="The proxy does not pass on Upgrade and Connection",
    findings=(
        Finding(
            "proxy-drops-upgrade-headers",
            Hop.PROXY,
            Certainty.POSSIBLE,
            "The proxy does not pass on Upgrade and Connection",
            (
                Fact(
                    "the server says that no `Upgrade: websocket` arrived, and the request has one",
                    "the answer's body",
                ),
                Fact(
                    "the answer bears the marks of websockets 15, behind nginx",
                    "the answer's header names, Server",
                ),
            ),
            Remedy(
                "Pass both fields on, in the `location` that serves the socket:\n\n"
                "- `Upgrade` as it came,\n- `Connection` as a constant or from a `map`.",
                Hop.PROXY,
                patch=(
                    "location /socket {\n    proxy_pass http://app;\n+   proxy_http_version 1.1;\n"
                    "+   proxy_set_header Upgrade $http_upgrade;\n+   proxy_set_header Connection $connection_upgrade;\n}"
                ),
                command="nginx -t && nginx -s reload",
            ),
        ),
        Finding(
            "upgrade-sent-over-http2",
            Hop.CLIENT,
            Certainty.POSSIBLE,
            "The handshake went out over HTTP/2, where Upgrade has no meaning",
            (Fact("the server chose h2 when it was offered", "TLS, ALPN"),),
            Remedy("Offer `http/1.1` alone in ALPN.", Hop.CLIENT),
        ),
    ),
    ruled_out=(Cleared("wrong-path", "at another path the answer is 404", "nonsense-path"),),
    not_tested=(
        NotTested(
            "server-lacks-websocket-support",
            "the handshake straight to the server, past the proxy (--direct URL)",
        ),
        NotTested(
            "proxy-header-inheritance-lost",
            "the handshake straight to the server, past the proxy (--direct URL)",
        ),
        NotTested(
            "proxy-speaks-http-1.0", "the handshake straight to the server, past the proxy (--direct URL)"
        ),
        NotTested(
            "upstream-scheme-mismatch", "the handshake straight to the server, past the proxy (--direct URL)"
        ),
        NotTested("idle-timeout", "a handshake that works"),
    ),
    trail=(
        Step(Hop.CLIENT, PASSED, "GET HTTP/1.1"),
        Step(Hop.NETWORK, PASSED, "203.0.113.20", 18.2),
        Step(Hop.TLS, PASSED, "TLSv1.3", 22.9),
        Step(Hop.CDN, PASSED, "cloudflare"),
        Step(Hop.PROXY, UNKNOWN, "proxy-drops-upgrade-headers"),
        Step(Hop.SERVER, PASSED, "websockets: 426", 7.3),
        Step(Hop.AUTH, UNKNOWN, ""),
    ),
    experiments=trials(
        (*BASELINE, "426 Upgrade Required", 426, 48.4),
        ("repeat", REPAIR, "sent once more", "426 Upgrade Required", 426, 47.0),
        ("nonsense-path", REPAIR, "at a path at which nothing can be served", "404 Not Found", 404, 47.9),
        (
            "plain-get",
            REPAIR,
            "as a plain GET, without the fields of a handshake",
            "426 Upgrade Required",
            426,
            51.1,
        ),
    ),
    exchange=Exchange(
        sent=_lines("GET /socket?v=2 HTTP/1.1", "Host: chat.example", *HANDSHAKE),
        received=_lines(
            "HTTP/1.1 426 Upgrade Required",
            "Server: cloudflare",
            "Upgrade: websocket",
            "",
            "Failed to open a WebSocket connection: missing Connection header.",
            n4="websockets: no Connection: upgrade arrived, although it stands in the request above",
        ),
    ),
    next_steps=(
        "ws101 explain proxy-drops-upgrade-headers",
        "ws101 check … --direct ws://SERVER:PORT  asks the server itself, past the proxy",
    ),
)

TRACE = "4f1c8e0a2b7d4c59a3e6f1d20b8c7a95"

WITNESSED = replace(
    DROPPED_UPGRADE,
    findings=(
        replace(
            DROPPED_UPGRADE.findings[0],
            certainty=Certainty.LIKELY,
            facts=(
                Fact("`Upgrade` was sent, and the server saw none", "the server's trace"),
                Fact(
                    "the refusal says: The handshake arrived without its Upgrade",
                    "the answer's problem document",
                ),
            ),
        ),
    ),
    seen=Crossing(
        TRACE,
        (
            Passage("method", "GET", "GET", Fate.SAME),
            Passage("target", "/socket?v=2", "/internal/a/path/that/is/longer/than/its/column", Fate.CHANGED),
            Passage("version", "HTTP/1.1", "HTTP/1.0", Fate.CHANGED),
            Passage("Host", "chat.example", "chat.example", Fate.SAME),
            Passage("Upgrade", "websocket", None, Fate.LOST),
            Passage("Connection", "Upgrade", "close", Fate.CHANGED),
            Passage("Sec-WebSocket-Key", KEY, KEY, Fate.SAME),
            Passage("Sec-WebSocket-Version", "13", "13", Fate.SAME),
            Passage(
                "Authorization", "Bearer [token 9f2c]", "Bearer [token, 3 parts, 291 characters]", Fate.SAME
            ),
            Passage("X-Forwarded-For", None, "203.0.113.7 | 10.0.0.1", Fate.ADDED),
        ),
    ),
)

HEALTHY = Report(
    target=TargetInfo("wss://timers.example/timers", "timers.example", 443, "/timers", "wss"),
    outcome=Outcome.CONNECTED,
    status=101,
    summary="This handshake works",
    findings=(),
    ruled_out=(),
    not_tested=(),
    trail=(
        Step(Hop.CLIENT, PASSED, "GET HTTP/1.1"),
        Step(Hop.NETWORK, PASSED, "192.0.2.7", 11.8),
        Step(Hop.TLS, PASSED, "TLSv1.3", 19.5),
        Step(Hop.PROXY, PASSED, "nginx"),
        Step(Hop.SERVER, PASSED, "101", 9.1),
        Step(Hop.AUTH, PASSED, "accepted"),
    ),
    experiments=trials((*BASELINE, "101, open", 101, 40.4)),
    exchange=Exchange(
        sent=_lines(
            "GET /timers HTTP/1.1", "Host: timers.example", *HANDSHAKE, "Authorization: Bearer [token 9f2c]"
        ),
        received=_lines(
            "HTTP/1.1 101 Switching Protocols",
            "Server: nginx/1.22.1",
            "Upgrade: websocket",
            "Connection: upgrade",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        ),
    ),
    examined=(
        "name: 192.0.2.7, 2001:db8::7",
        "TCP: 2 of 2 addresses answer",
        "TLS: TLSv1.3, all of the certificate checked",
        "handshake: 101, with the right Sec-WebSocket-Accept, nothing that was not offered",
        "afterwards: open for 2.0 s, and a ping was answered",
    ),
    unexamined=("idle time-outs (--hold SECONDS)", "what a client that fails does otherwise (--saw STATUS)"),
)

ARRIVED = replace(
    HEALTHY,
    seen=Crossing(
        TRACE,
        (
            Passage("method", "GET", "GET", Fate.SAME),
            Passage("Upgrade", "websocket", "websocket", Fate.SAME),
            Passage("X-Forwarded-For", None, "203.0.113.7", Fate.ADDED),
        ),
    ),
)

REPRODUCED = replace(
    HEALTHY,
    summary="The client's 400 is what this server gives to plain ws:// on its TLS port",
    findings=(
        Finding(
            "plaintext-to-tls-port",
            Hop.TLS,
            Certainty.LIKELY,
            "Plain ws:// was spoken to a port that expects TLS",
            (Fact("plain ws:// to this TLS port gives exactly 400", "experiment plain-instead"),),
            Remedy("Use `wss://` for this port.", Hop.CLIENT),
        ),
    ),
    experiments=trials(
        (*BASELINE, "101, open", 101, 40.4),
        ("plain-instead", DAMAGE, "without TLS (ws://), same port", "400 Bad Request", 400, 12.2),
        ("without-token", DAMAGE, "without the token", "401 Unauthorized", 401, 39.0),
        ("foreign-origin", DAMAGE, "with another site's Origin", "101, open", 101, 40.1),
    ),
    exchange=None,
    unexamined=(),
)

UNREACHABLE = Report(
    target=TargetInfo("ws://127.0.0.1:8081/", "127.0.0.1", 8081, "/", "ws"),
    outcome=Outcome.UNREACHABLE,
    status=None,
    summary="Nobody listens on this port",
    findings=(
        Finding(
            "port-refused",
            Hop.NETWORK,
            Certainty.LIKELY,
            "Nobody listens on this port",
            (Fact("TCP to 127.0.0.1 port 8081: connection refused", "the system's answer to connect"),),
            Remedy(
                "Start the server, or use the port on which it listens.",
                Hop.SERVER,
                command="ss -ltnp | grep -w 8081",
            ),
        ),
    ),
    ruled_out=(Cleared("host-not-found", "the target is an address"),),
    not_tested=(
        NotTested("proxy-drops-upgrade-headers", "a connection"),
        NotTested("wrong-path", "a connection"),
    ),
    trail=(
        Step(Hop.CLIENT, PASSED, "GET HTTP/1.1"),
        Step(Hop.NETWORK, FAILED, "port-refused"),
        Step(Hop.TLS, UNKNOWN, "not reached"),
        Step(Hop.PROXY, UNKNOWN, "not reached"),
        Step(Hop.SERVER, UNKNOWN, "not reached"),
        Step(Hop.AUTH, UNKNOWN, "not reached"),
    ),
    experiments=trials((*BASELINE, "refused", None, 0.3)),
    exchange=None,
    next_steps=("ws101 explain port-refused",),
)

INCOMPLETE = Report(
    target=TargetInfo("wss://api.example/v1/live", "api.example", 443, "/v1/live", "wss"),
    outcome=Outcome.REFUSED,
    status=503,
    summary="The cause is not known; what was ruled out stands below",
    findings=(),
    ruled_out=(
        Cleared("host-not-found", "the name has 1 address"),
        Cleared("certificate-expired", "the certificate is valid for 80 more days"),
        Cleared("origin-rejected", "without Origin the answer is the same", "without-origin"),
        Cleared(
            "subprotocol-mismatch", "without a subprotocol the answer is the same", "without-subprotocol"
        ),
        Cleared("extension-mismatch", "without extensions the answer is the same", "without-extensions"),
        Cleared("request-header-too-large", "with the fewest fields the answer is the same", "minimal"),
        Cleared(
            "token-in-wrong-place", "with the token in the query the answer is the same", "token-in-query"
        ),
        Cleared("upgrade-sent-over-http2", "with HTTP/1.1 alone the answer is the same", "http-1.1-only"),
        Cleared("wrong-host-header", "with the URL's own host the answer is the same", "host-of-url"),
    ),
    not_tested=tuple(
        NotTested(f"upstream-{word}", need)
        for word, need in (
            ("refused", "the proxy's error log"),
            ("timeout", "the proxy's error log"),
            ("name-unresolved", "the proxy's error log"),
            ("scheme-mismatch", "the server itself, past the proxy (--direct URL)"),
        )
    ),
    trail=(
        Step(Hop.CLIENT, PASSED, "GET HTTP/1.1"),
        Step(Hop.NETWORK, PASSED, "198.51.100.4", 30.1),
        Step(Hop.TLS, PASSED, "TLSv1.2", 64.0),
        Step(Hop.PROXY, UNKNOWN, ""),
        Step(Hop.SERVER, UNKNOWN, ""),
        Step(Hop.AUTH, UNKNOWN, ""),
    ),
    experiments=trials(
        (*BASELINE, "503 Service Unavailable", 503, 131.0),
        ("repeat", REPAIR, "sent once more", "503 Service Unavailable", 503, 128.4),
    ),
    exchange=Exchange(
        sent=_lines("GET /v1/live HTTP/1.1", "Host: api.example", *HANDSHAKE),
        received=_lines("HTTP/1.1 503 Service Unavailable", "Content-Length: 0"),
    ),
    unexamined=("the budget of 30 probes was spent before 4 experiments were sent (--budget 40)",),
    next_steps=("ws101 explain --list",),
    incomplete=True,
)

EXPIRED_CERTIFICATE = Report(
    target=TargetInfo("wss://old.example:8443/ws", "old.example", 8443, "/ws", "wss"),
    outcome=Outcome.REFUSED,
    status=None,
    summary="The server's certificate has expired",
    findings=(
        Finding(
            "certificate-expired",
            Hop.TLS,
            Certainty.PROVEN,
            "The server's certificate has expired",
            (
                Fact(
                    "it was valid until 2026-02-01 12:00 UTC, 12 days 21 hours ago",
                    "the certificate, notAfter",
                ),
                Fact("with everything checked but the dates: 101", "experiment dates-unchecked"),
            ),
            Remedy(
                "Renew the certificate and reload the proxy; the file alone changes nothing in a running process.",
                Hop.TLS,
                command="certbot renew && nginx -s reload",
            ),
        ),
    ),
    ruled_out=(
        Cleared("certificate-name-mismatch", "the certificate names old.example", ""),
        Cleared("certificate-untrusted", "with all but the dates checked, it is trusted", "dates-unchecked"),
    ),
    not_tested=(),
    trail=(
        Step(Hop.CLIENT, PASSED, "GET HTTP/1.1"),
        Step(Hop.NETWORK, PASSED, "192.0.2.90", 0.4),
        Step(Hop.TLS, FAILED, "certificate-expired", 2.2),
        Step(Hop.PROXY, UNKNOWN, "not reached"),
        Step(Hop.SERVER, UNKNOWN, "not reached"),
        Step(Hop.AUTH, UNKNOWN, "not reached"),
    ),
    experiments=trials(
        (*BASELINE, "TLS: certificate verify failed", None, 3.1),
        ("dates-unchecked", REPAIR, "without checking the certificate's dates", "101, open", 101, 7.7),
        (
            "name-unchecked",
            REPAIR,
            "without checking the certificate's names",
            "TLS: certificate verify failed",
            None,
            3.0,
        ),
    ),
    exchange=None,
    next_steps=("ws101 explain certificate-expired",),
)

STACKED = Report(
    target=TargetInfo(
        "ws://timers.example:443/timers?token=[token 41d0]",
        "timers.example",
        443,
        "/timers?token=[token 41d0]",
        "ws",
    ),
    outcome=Outcome.REFUSED,
    status=400,
    summary="Plain ws:// was spoken to a port that expects TLS",
    findings=(
        replace(
            STORY.findings[0],
            facts=(
                STORY.findings[0].facts[0],
                Fact("the same handshake over TLS on the same port: 401", "experiment tls-instead"),
            ),
        ),
        Finding(
            "token-expired",
            Hop.AUTH,
            Certainty.PROVEN,
            "The token has expired",
            (
                Fact("`exp` was 2 h 13 min before the server's clock", "the token's claims; the Date field"),
                Fact("the same handshake with a fresh token: 101", "experiment tls-instead + fresh-token"),
            ),
            Remedy("Fetch a fresh token before the handshake, and again before every reconnect.", Hop.CLIENT),
        ),
    ),
    ruled_out=STORY.ruled_out[2:5],
    not_tested=(),
    trail=STORY.trail,
    experiments=trials(
        (*BASELINE, "400 Bad Request", 400, 13.2),
        ("tls-instead", REPAIR, "over TLS (wss://), same port", "401 Unauthorized", 401, 41.7),
        ("tls-instead + fresh-token", REPAIR, "with a fresh token", "101, open", 101, 43.0),
        ("tls-instead + without-origin", REPAIR, "without Origin", "401 Unauthorized", 401, 42.2),
    ),
    exchange=STORY.exchange,
    next_steps=STORY.next_steps,
)
