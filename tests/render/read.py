"""Reports of what was read: of a configuration, and of logs."""

from msgspec.structs import replace

from render.checked import BASELINE, FAILED, PASSED, STORY, UNKNOWN, trials
from ws101.report import (
    Account,
    Chronicle,
    Cleared,
    CodeLine,
    Excerpt,
    Fact,
    Finding,
    Group,
    LogLine,
    LogSource,
    Remedy,
    Report,
    Silent,
    Step,
    TargetInfo,
)
from ws101.terms import Certainty, Hop, Outcome

CONFIGURED = Report(
    target=TargetInfo("wss://chat.example/socket", "chat.example", 443, "/socket", "wss"),
    outcome=Outcome.REFUSED,
    status=426,
    summary="One proxy_set_header in the location replaces all those above it",
    findings=(
        Finding(
            "proxy-header-inheritance-lost",
            Hop.PROXY,
            Certainty.PROVEN,
            "One proxy_set_header in the location replaces all those above it",
            (
                Fact(
                    "`proxy_set_header X-Real-IP $remote_addr;` replaces all the lines above it, those of the upgrade too",
                    "/etc/nginx/conf.d/chat.conf:112",
                ),
                Fact(
                    "run here as it is, your configuration answers this handshake with 426; with this change alone: 101",
                    "the sandbox, nginx 1.31.3",
                ),
            ),
            Remedy(
                "Repeat Upgrade and Connection, which the lines here shadow (location /socket).",
                Hop.PROXY,
                patch=(
                    "--- a/etc/nginx/conf.d/chat.conf\n+++ b/etc/nginx/conf.d/chat.conf\n@@ -111,3 +111,5 @@\n"
                    "     location /socket {\n         proxy_set_header X-Real-IP $remote_addr;\n"
                    "+        proxy_set_header Upgrade $http_upgrade;\n"
                    "+        proxy_set_header Connection $connection_upgrade;\n         proxy_pass http://chat;\n"
                ),
                command="nginx -t && nginx -s reload",
            ),
            (
                Excerpt(
                    "/etc/nginx/conf.d/chat.conf",
                    112,
                    (
                        CodeLine(111, "    location /socket {"),
                        CodeLine(
                            112,
                            "        proxy_set_header X-Real-IP $remote_addr;  # for the log",
                            "replaces all the lines above it, those of the upgrade too",
                            8,
                            49,
                        ),
                        CodeLine(113, "        proxy_pass http://chat;"),
                    ),
                ),
                Excerpt(
                    "/etc/nginx/conf.d/chat.conf",
                    98,
                    (
                        CodeLine(97, ""),
                        CodeLine(
                            98, "    proxy_set_header Upgrade $http_upgrade;", "does not come down", 4, 43
                        ),
                        CodeLine(99, "    proxy_http_version 1.1;"),
                    ),
                ),
            ),
        ),
    ),
    ruled_out=(
        Cleared(
            "proxy-drops-upgrade-headers",
            "this configuration shows another fault: proxy-header-inheritance-lost",
        ),
    ),
    not_tested=(),
    trail=(
        Step(Hop.CLIENT, PASSED, "GET HTTP/1.1"),
        Step(Hop.NETWORK, PASSED, "192.0.2.7", 11.8),
        Step(Hop.TLS, PASSED, "TLSv1.3", 21.4),
        Step(Hop.PROXY, FAILED, "proxy-header-inheritance-lost"),
        Step(Hop.SERVER, PASSED, "websockets: 426", 3.2),
        Step(Hop.AUTH, UNKNOWN, ""),
    ),
    experiments=trials((*BASELINE, "426 Upgrade Required", 426, 38.1)),
    exchange=None,
    unexamined=(
        "taken for granted where the configuration was followed: nginx 1.24.0, as the answer's Server says",
    ),
    next_steps=("ws101 explain proxy-header-inheritance-lost",),
)

NINE = 1_795_600_000.0  # seconds since the epoch, in November 2026
PATH = "/api/v1/timers/notifications"

TOLD = Account(
    lines=(
        LogLine(
            Hop.CLIENT,
            "client.log:12",
            NINE + 0.12,
            f"🔌 [WebSocket] Connecting to wss://app.example:443{PATH}\n"
            "🔌 [WebSocket] Token present: true, Token length: 291",
            "what was meant; it does not show what was sent",
        ),
        LogLine(
            Hop.CLIENT,
            "client.log:20",
            NINE + 0.19,
            "🚫 [WebSocket] Failed to connect to WebSocket: Handshake exception, expected status code 101 but was 400",
        ),
        LogLine(
            Hop.PROXY,
            "nginx/access.log:101",
            NINE,
            f'203.0.113.9 - - [25/Nov/2026:09:46:40 +0000] "GET {PATH} HTTP/1.1" 400 248 "-" "ktor-client"',
            "nginx answered 400 itself",
        ),
        LogLine(
            Hop.PROXY,
            "nginx/error.log:7",
            NINE,
            "2026/11/25 09:46:40 [info] 31#31: *12 client sent plain HTTP request to HTTPS port while reading client "
            "request headers, client: 203.0.113.9, server: app.example",
            "plain HTTP came to a TLS port",
        ),
    ),
    joined=("address", "path", "time"),
    silent=(
        Silent(
            Hop.SERVER,
            "server.log",
            sure=True,
            why="it logs every handshake that arrives, and has none at this moment: this one did not get there",
        ),
        Silent(
            Hop.AUTH, "auth.log", sure=False, why="it may not log refusals", setting="logging.level: info"
        ),
    ),
    contradictions=("the client's log says wss://, and nginx saw plain HTTP on its TLS port",),
    doubts=("nginx/access.log:102 fits this handshake and others: it is joined to none",),
)

LOGGED = replace(
    STORY,
    target=TargetInfo(f"ws://app.example:443{PATH}", "app.example", 443, PATH, "ws"),
    experiments=(),
    exchange=None,
    account=TOLD,
    findings=(
        replace(
            STORY.findings[0],
            certainty=Certainty.LIKELY,
            facts=(
                Fact("nginx says that plain HTTP came to its TLS port", "nginx/error.log:7"),
                Fact("the client's log says wss://, which is what was meant", "client.log:12"),
            ),
        ),
    ),
    chronicle=Chronicle(
        sources=(
            LogSource("client.log", Hop.CLIENT, "guide-client", 240, 28, 3, NINE, NINE + 9000, 0.0),
            LogSource(
                "nginx/access.log", Hop.PROXY, "nginx-combined", 10_214, 224, 0, NINE - 3600, NINE + 9000
            ),
            LogSource("nginx/error.log", Hop.PROXY, "nginx-error", 31, 14, 0, NINE, NINE + 9000),
            LogSource(
                "server.log", Hop.SERVER, "guide-server", 4_100, 420, 12, NINE - 3600, NINE + 9000, 37.2
            ),
            LogSource(
                "old/access.log.9.zst", None, "", 0, 0, 0, problem="it is zstd, and no library reads it here"
            ),
        ),
        groups=(
            Group(
                "refused",
                400,
                "plaintext-to-tls-port",
                Certainty.LIKELY,
                14,
                NINE,
                NINE + 8000,
                (("203.0.113.9", 12), ("203.0.113.20", 1), ("2001:db8::7", 1)),
                ((PATH, 14),),
                (0, 0, 0, 0, 1, 2, 5, 3, 2, 1, 0, 0),
                TOLD,
                (("app.example", 14),),
            ),
            Group("refused", 404, "", None, 2, NINE + 60, NINE + 60, (), (("/ws", 1), ("/wss", 1)), ()),
            Group(
                "works",
                101,
                "",
                None,
                1210,
                NINE - 3600,
                NINE + 9000,
                tuple((f"198.51.100.{n}", 100 - n) for n in range(1, 8)),
                ((PATH, 1210),),
                (100, 100, 101, 100, 102, 98, 90, 110, 100, 103, 99, 107),
                hosts=(("app.example", 1100), ("chat.example", 110)),
                other_clients=538,
            ),
        ),
        first=NINE - 3600,
        last=NINE + 9000,
    ),
    next_steps=("ws101 explain plaintext-to-tls-port",),
)
