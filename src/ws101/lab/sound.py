"""Stacks whose handshake works: every server on every way, and settings that are often taken for faults."""

from ws101.lab.fault import Sound
from ws101.lab.stack import TLS_LINES, Proxy, Stack, healthy
from ws101.lab.token import Token
from ws101.lab.upstreams.policy import SOCKET_PATH

_SERVERS = ("websockets", "uvicorn", "uvicorn-wsproto", "uvicorn-401", "aiohttp", "node-ws", "timers")
_CONNECTION_UPGRADE = "proxy_set_header Connection $connection_upgrade;"


def _connection(value: str) -> Stack:
    stack = healthy("websockets")
    upgrade = stack.proxies[0].upgrade
    return stack.proxying(
        upgrade=upgrade.replace(_CONNECTION_UPGRADE, f"proxy_set_header Connection {value};")
    )


def _ways() -> tuple[Sound, ...]:
    return tuple(
        sound
        for server in _SERVERS
        for sound in (
            Sound(f"{server}-direct", f"{server}, straight", healthy(server, direct=True)),
            Sound(f"{server}-nginx", f"{server} behind nginx", healthy(server)),
            Sound(f"{server}-nginx-tls", f"{server} behind nginx with TLS", healthy(server, tls=True)),
        )
    )


def _mutual() -> Stack:
    tls = f"{TLS_LINES}ssl_verify_client on;\nssl_verify_depth 2;\nssl_client_certificate @{{certificates}}/root.pem;\n"
    files = ("--cert", "@{certificates}/client.pem", "--key", "@{certificates}/client.key")
    return healthy("websockets", tls=True).proxying(tls=tls).asking(arguments=files)


HEALTHY: tuple[Sound, ...] = (
    *_ways(),
    Sound("connection-literal-lower", "nginx says upgrade to every request", _connection('"upgrade"')),
    Sound("connection-literal-upper", "nginx says Upgrade to every request", _connection('"Upgrade"')),
    Sound(
        "connection-passed-on", "nginx passes the client's own Connection on", _connection("$http_connection")
    ),
    Sound(
        "connection-of-firefox",
        "the client says keep-alive, Upgrade",
        healthy("websockets", direct=True).asking(headers=("Connection: keep-alive, Upgrade",)),
    ),
    Sound(
        "connection-mended-by-nginx",
        "the client says keep-alive alone, and nginx writes the field anew",
        healthy("websockets").asking(headers=("Connection: keep-alive",)),
    ),
    Sound(
        "authorization-line",
        "nginx passes Authorization on in so many words",
        healthy("websockets").adding("proxy_set_header Authorization $http_authorization;"),
    ),
    Sound(
        "no-forwarded-headers",
        "nginx sets neither Host nor X-Forwarded-For",
        healthy("websockets").proxying(headers=""),
    ),
    Sound(
        "buffering-on",
        "nginx buffers what is no upgrade",
        healthy("websockets").adding("proxy_buffering on;"),
    ),
    Sound("two-nginx", "the request passes two nginx", healthy("websockets", tls=True).behind(Proxy())),
    Sound(
        "token-in-query",
        "the token is in the query, where the server looks too",
        healthy("websockets").asking(token_by_flag=False, path=f"{SOCKET_PATH}?token=@{{token}}"),
    ),
    Sound(
        "bearer-in-lower-case",
        "the client says bearer",
        healthy("websockets").asking(token_by_flag=False, headers=("Authorization: bearer @{token}",)),
    ),
    Sound(
        "token-without-end", "the token has no exp", healthy("websockets").asking(token=Token(lifetime=None))
    ),
    Sound(
        "expired-token-unread",
        "the token is over, and nobody reads it there",
        healthy("websockets").asking(token=Token(lifetime=-3600), path="/open"),
    ),
    Sound(
        "origin-allowed",
        "the client's Origin is on the list",
        healthy("websockets")
        .serving(origins=("https://app.test",))
        .asking(arguments=("--origin", "https://app.test")),
    ),
    Sound(
        "subprotocol-chosen",
        "the server picks a subprotocol that was offered",
        healthy("websockets")
        .serving(subprotocols=("v1.timers",))
        .asking(arguments=("--subprotocol", "v1.timers")),
    ),
    Sound(
        "path-with-query", "the path has a query", healthy("uvicorn").asking(path=f"{SOCKET_PATH}?since=12")
    ),
    Sound(
        "http-1.0-mended-by-nginx",
        "the client speaks HTTP/1.0, and nginx 1.1",
        healthy("websockets").asking(arguments=("--http1.0",)),
    ),
    Sound(
        "forward-proxy",
        "the client goes through a forward proxy",
        healthy("websockets", tls=True).asking(arguments=("--proxy", "http://127.0.0.1:@{connect:open}")),
    ),
    Sound(
        "certificate-expired-unverified",
        "the certificate is over, and the client does not look",
        healthy("websockets", tls=True)
        .proxying(tls=TLS_LINES.replace("good", "expired"))
        .asking(arguments=("-k",)),
    ),
    Sound(
        "host-checked-and-passed-on",
        "the server checks Host, and nginx passes it on",
        healthy("aiohttp").proxying(headers="proxy_set_header Host $host;").serving(hosts=("app.test",)),
    ),
    Sound(
        "proto-passed-on",
        "the app demands https, and nginx says so",
        healthy("uvicorn", tls=True).serving(https_only=True),
    ),
    Sound(
        "large-token-allowed",
        "nginx takes long header lines, and the server too",
        healthy("uvicorn-wsproto")
        .asking(token=Token(padding=9000))
        .proxying(server="large_client_header_buffers 4 32k;"),
    ),
    Sound("client-certificate-shown", "nginx demands a certificate, and the client has one", _mutual()),
)
