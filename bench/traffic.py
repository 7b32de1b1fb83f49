"""Makes logs as a busy site writes them: nginx's two, a server's blocks, a client's lines; the same for the same seed.

A given share of the lines tells of WebSocket handshakes, the rest of pages, calls and files. What became of the handshakes is known.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from msgspec import Struct, field

EPOCH = 1_795_000_000  # 2026-11-18, in seconds; the traffic begins here
PER_SECOND = 400  # lines
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "curl/8.11.0",
    "okhttp/5.1.0",
    "kube-probe/1.33",
)
_SOCKET_AGENTS = ("ktor-client", "Python/3.13 websockets/15.0", _AGENTS[0], _AGENTS[2])
_PATHS = (
    "/", "/index.html", "/assets/app-{n:04x}.js", "/assets/site-{n:04x}.css", "/img/{n}/avatar.png", "/api/v1/orders/{n}",
    "/api/v1/users/{n}/profile?fields=name,email,settings", "/api/v1/search?q=blue+suede+shoes&page={n}&sort=price",
    "/healthz", "/favicon.ico", "/docs/guide/chapter-{n}", "/login", "/api/v2/metrics/batch", "/fonts/inter-{n:03x}.woff2",
)  # fmt: skip
_STATUSES = ("200",) * 80 + ("304",) * 9 + ("404",) * 4 + ("302",) * 3 + ("499", "500", "403", "206")
_SITES = ("https://shop.example.com/", "https://shop.example.com/docs/guide", "-", "https://www.google.com/")
_FILE_MISSING = (
    '{day} {clock} [error] 31#31: *{c} open() "/usr/share/nginx/html{path}" failed (2: No such file or directory), '
    'client: {ip}, server: shop.example.com, request: "GET {path} HTTP/1.1", host: "shop.example.com"\n'
)
_SERVED = "{iso} INFO  com.example.shop.Application - GET {path} -> 200 in {n} ms\n"


class Fault(Struct, frozen=True):
    """What became of a handshake: the status of nginx's access line, its size, and what else is written beside it."""

    status: int
    weight: int
    size: int
    error: str = ""
    server: str = ""
    client: str = ""


_REQUEST = 'client: {ip}, server: shop.example.com, request: "GET {path} HTTP/1.1"'
_UPSTREAM = 'upstream: "http://10.0.0.7:8080{path}", host: "shop.example.com"'
FAULTS = (
    Fault(101, 60, 5120, server="ACCEPTED"),
    Fault(
        400,
        12,
        255,
        error="[info] 31#31: *{c} client sent plain HTTP request to HTTPS port while reading client request headers, "
        f'{_REQUEST}, host: "shop.example.com:443"',
        client="Handshake exception, expected status code 101 but was 400",
    ),
    Fault(401, 12, 61, server="REJECTED"),
    Fault(
        502,
        8,
        157,
        error="[error] 31#31: *{c} connect() failed (111: Connection refused) while connecting to upstream, "
        f"{_REQUEST}, {_UPSTREAM}",
    ),
    Fault(
        504,
        4,
        167,
        error="[error] 31#31: *{c} upstream timed out (110: Connection timed out) while reading response header from upstream, "
        f"{_REQUEST}, {_UPSTREAM}",
    ),
    Fault(404, 4, 153),
)
_BLOCK = (
    "{iso} INFO  com.example.shop.Sockets - ========== WebSocket Connection Attempt ==========\n"
    "{iso} INFO  com.example.shop.Sockets - URI: {path}\n"
    "{iso} INFO  com.example.shop.Sockets - Method: GET\n"
    "{iso} INFO  com.example.shop.Sockets - Path: {path}\n"
    "{iso} INFO  com.example.shop.Sockets - Headers (4):\n"
    "{iso} INFO  com.example.shop.Sockets -   - Host: shop.example.com\n"
    "{iso} INFO  com.example.shop.Sockets -   - Upgrade: websocket\n"
    "{iso} INFO  com.example.shop.Sockets -   - Connection: upgrade\n"
    "{iso} INFO  com.example.shop.Sockets -   - X-Real-IP: {ip}\n"
)
_ENDS = {
    "ACCEPTED": "{iso} INFO  com.example.shop.Sockets - ========== WebSocket Connection ACCEPTED ==========\n"
    "{iso} INFO  com.example.shop.Sockets - User ID: {c}\n",
    "REJECTED": "{iso} INFO  com.example.shop.Sockets - ========== WebSocket Connection REJECTED ==========\n"
    "{iso} WARN  com.example.shop.Sockets - Reason: token expired\n",
}
_CLIENT = (
    "🔌 [WebSocket] Connecting to wss://shop.example.com:443{path}\n"
    "🚫 [WebSocket] Failed to connect to WebSocket: {message}\n"
)
Piece = tuple[
    str, bytes
]  # the log that it belongs to (access, error, server, client), and what is written there


class Truth(Struct):
    """What was written: bytes, lines, those of handshakes among them, and how many handshakes met which status."""

    size: int = 0
    lines: int = 0
    told: int = 0
    statuses: Counter[int] = field(default_factory=Counter)


class Traffic:
    """A stream of logs in the order of time.

    `share` is the part of the lines that tells of handshakes; `blocks` the part of the handshakes of which the server
    and the client write, too. `paths` are where the sockets are.
    """

    def __init__(
        self,
        seed: int = 1,
        share: float = 0.001,
        blocks: float = 0.05,
        paths: tuple[str, ...] = ("/ws/timers",),
    ) -> None:
        self.truth = Truth()
        self._random = random.Random(seed)
        self._share = share
        self._blocks = blocks
        self._paths = paths
        self._clients = [self._address() for _ in range(5000)]
        self._heads = [f"{ip} - - [" for ip in self._clients]
        self._tails = [self._page() for _ in range(6000)]
        self._owed = 0.0
        self._number = 0

    def merged(self, size: int) -> Iterator[bytes]:
        """Yield about so many bytes of all logs in one, as a container writes them."""
        for pieces in self.seconds(size):
            yield b"".join(text for _, text in pieces)

    def seconds(self, size: int) -> Iterator[list[Piece]]:
        """Yield what is written in each second until so many bytes are."""
        second = EPOCH
        while self.truth.size < size:
            pieces = self._second(datetime.fromtimestamp(second, UTC))
            self.truth.size += sum(len(text) for _, text in pieces)
            self.truth.lines += sum(text.count(b"\n") for _, text in pieces)
            yield pieces
            second += 1

    def _second(self, when: datetime) -> list[Piece]:
        self._owed += self._share * PER_SECOND
        handshakes = []
        while self._owed > 0:
            handshakes.append(self._handshake(when))
            told = sum(text.count(b"\n") for _, text in handshakes[-1])
            self.truth.told += told
            self._owed -= told
        pieces = [("access", self._pages(when, PER_SECOND // (len(handshakes) + 1)))]
        for handshake in handshakes:
            pieces += [*handshake, ("access", self._pages(when, PER_SECOND // (len(handshakes) + 1)))]
        return [*pieces, *self._noise(when)]

    def _handshake(self, when: datetime) -> list[Piece]:
        choose = self._random
        (fault,) = choose.choices(FAULTS, [fault.weight for fault in FAULTS])
        self.truth.statuses[fault.status] += 1
        self._number += 1
        facts = self._facts(when, choose.choice(self._paths))
        access = (
            f'{{ip}} - - [{{stamp}}] "GET {{path}} HTTP/1.1" {fault.status} {fault.size + choose.randrange(900) * (fault.status == 101)}'
            f' "-" "{choose.choice(_SOCKET_AGENTS)}"\n'
        )
        pieces = [("error", f"{{day}} {{clock}} {fault.error}\n")] if fault.error else []
        if choose.random() < self._blocks:
            if fault.server:
                pieces.append(("server", _BLOCK + _ENDS[fault.server]))
            if fault.client:
                pieces.append(("client", _CLIENT))
        facts["message"] = fault.client
        return [(kind, text.format(**facts).encode()) for kind, text in [*pieces, ("access", access)]]

    def _facts(self, when: datetime, path: str) -> dict[str, str]:
        return {
            "ip": self._random.choice(self._clients),
            "path": path,
            "c": str(self._number),
            "n": str(self._random.randrange(900)),
            "stamp": f"{when:%d/%b/%Y:%H:%M:%S +0000}",
            "day": f"{when:%Y/%m/%d}",
            "clock": f"{when:%H:%M:%S}",
            "iso": f"{when:%Y-%m-%dT%H:%M:%S.}{self._random.randrange(1000):03}Z",
        }

    def _pages(self, when: datetime, lines: int) -> bytes:
        stamp = f"{when:%d/%b/%Y:%H:%M:%S +0000}"
        heads = self._random.choices(self._heads, k=lines)
        tails = self._random.choices(self._tails, k=lines)
        return "".join([f"{head}{stamp}{tail}" for head, tail in zip(heads, tails, strict=True)]).encode()

    def _noise(self, when: datetime) -> Iterator[Piece]:
        """Yield what error logs and servers write of pages."""
        facts = self._facts(when, self._random.choice(_PATHS).format(n=self._number % 977))
        if self._random.random() < 0.3:
            yield "error", _FILE_MISSING.format(**facts).encode()
        if self._random.random() < 0.5:
            yield "server", _SERVED.format(**facts).encode()

    def _page(self) -> str:
        choose = self._random
        path = choose.choice(_PATHS).format(n=choose.randrange(60_000))
        size = int(choose.lognormvariate(8, 1.6))
        return (
            f'] "{choose.choice(("GET",) * 9 + ("POST",))} {path} HTTP/{choose.choice(("1.1", "2.0", "2.0"))}" '
            f'{choose.choice(_STATUSES)} {size} "{choose.choice(_SITES)}" "{choose.choice(_AGENTS)}"\n'
        )

    def _address(self) -> str:
        return ".".join(str(self._random.randrange(1, 255)) for _ in range(4))


def write(stream: BinaryIO, traffic: Traffic, size: int) -> Truth:
    """Write about so many bytes; return what was written."""
    for piece in traffic.merged(size):
        stream.write(piece)
    stream.flush()
    return traffic.truth


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=100, help="how much to write (default 100)")
    parser.add_argument(
        "--share", type=float, default=0.001, help="part of the lines about WebSockets (default 0.001)"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    truth = write(sys.stdout.buffer, Traffic(options.seed, options.share), options.mib << 20)
    print(truth, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
