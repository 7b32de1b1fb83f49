"""Random requests, most of them sound, some as odd as clients and attackers make them; one seed gives the same ones for ever."""

import re
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from ws101.handshake.headers import Headers

HOSTS = (
    "a.test", "b.test", "www.a.test", "x.a.test", "c.test", "deep.x.a.test", "A.Test", "nobody.test", "www.b.org",
)  # fmt: skip
ODD_HOSTS = (
    "", "[::1]", "[::1", "a.test:99999", "a.test:x", "a..test", "a.test/", "a_b.test", "a.test?x", "a b", ".", ".a.test", "b.test.:1", "*", "%41.test", "[::1]x", "a.test:1:2",
)  # fmt: skip
SEGMENTS = ("a", "b", "ws", "api", "v1", "x.php", "img.png", "A", "socket", "a+b", "long-name", "0")
ODD = (
    "%61", "%2F", "%20", "..", ".", "", "%3F", "%25", "%23x", "a%2fb", "%C3%A9", "b;c", "~u", "a,b", "%7Bx%7D", "a'b", "a%5Eb",
    "%2e", "%2E%2e", ".a", "a.", "...", "%2B", "%09", "%7F", "%", "%zz", "%4", "%00", "*", "a:b", "@", "%40x", "$uri", "%24",
)  # fmt: skip
ARGUMENTS = (
    "", "", "x=1", "x=1&y=2", "token=abc", "x=%20&y=a+b", "a", "x=", "u=/p?q", "&&x=2", "X=3", "xx=1&x=4", "=x", "x", "token=a%26b&x=%3d", "/../", "x=#y",
)  # fmt: skip
FIELDS = (
    ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Connection", "keep-alive, Upgrade"), ("Sec-WebSocket-Version", "13"),
    ("Authorization", "Bearer abc.def"), ("X-Custom", "1"), ("x_under", "2"), ("Cookie", "a=1; b=2"), ("Accept", "*/*"),
    ("X-Custom", "2"), ("Origin", "https://a.test"), ("Expect-Not", "1"), ("TE", "trailers"), ("Keep-Alive", "timeout=5"),
    ("X-Forwarded-For", "192.0.2.7"), ("Cookie", "c=3"), ("X-Empty", ""), ("User-Agent", "oracle"), ("Upgrade", "WebSocket"),
    ("upgrade", "websocket"), ("CONNECTION", "upgrade"), ("connection", "close"), ("Referer", "http://a.test/x"),
)  # fmt: skip
ODD_FIELDS = (
    ("Authorization", "Bearer two"), ("Authorization", "Basic YTpi"), ("X.Dot", "1"), ("X-Spaces", "  a b  "), ("X-Tab", "\ta\t"), (" folded", "1"), ("", "nameless"),
    ("X Y", "1"), ("X:Y", "1"), ("X-\xdc", "1"), ("X/Y", "1"), ("X-Byte", "\xff\x80"), ("X-Control", "a\x01b"), ("X-Nul", "a\0b"), ("X-Nul\x01", "a"), ("_", "1"), ("-", "1"),
    ("If-Range", "a"), ("If-Range", "b"), ("Range", "bytes=0-"), ("Proxy-Connection", "close"), ("Proxy", "evil"), ("Via", "1.1 x"), ("Expect", "100-continue"),
    ("X-Forwarded-For", ""), ("X-Forwarded-For", "192.0.2.8"), ("Content-Type", "text/plain"), ("Host2", "x"), ("X-Real-IP", "192.0.2.9"), ("Upgrade", ""), ("X-Custom", "\xe9"),
)  # fmt: skip
METHODS = ("POST", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH")
ODD_METHODS = ("PURGE", "MKCOL", "TRACE", "CONNECT", "get", "GE-T", "A_B", "P0ST", "PROPFIND", "G")
PROTOCOLS = ("HTTP/1.0", "HTTP/1.0", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/1.", "HTTP/1", "HTTP/0.9", "http/1.1", "HTTP/1.01", "HTTP/10.1")  # fmt: skip


class Case(Struct, frozen=True):
    """A request, and where it is sent to: an address, a port, with TLS or without, and the TLS server name."""

    target: str
    headers: Headers
    method: str = "GET"
    protocol: str = "HTTP/1.1"
    body: bytes = b""
    address: str = "127.0.0.1"
    port: int = 80
    tls: bool = False
    server_name: str | None = None

    def told(self) -> str:
        """Return the request for people, every byte of it."""
        where = f"{self.address} port {self.port}" + (f", TLS for {self.server_name}" if self.tls else "")
        lines = [f"{self.method} {self.target} {self.protocol}", *(f"{n}: {v}" for n, v in self.headers)]
        return "\n".join(
            [f"to {where}", *(ascii(line)[1:-1][:200] for line in lines), ascii(self.body)[2:-1]]
        )


class Requests:
    """Makes requests; `most_odd` is the share in which something is out of the ordinary."""

    def __init__(self, random: Random, most_odd: float = 0.3) -> None:
        self._random, self._most_odd = random, most_odd

    def case(self, address: str, port: int, *, tls: bool) -> Case:
        """Make a request for this address and port."""
        r = self._random
        host = r.choice(HOSTS)
        fields = [("Host", host + r.choice(("", "", "", f":{port}", ".")))]
        method = "GET" if r.random() < 0.7 else r.choice(METHODS)
        fields += [] if method == "GET" else [("Content-Length", "0")] if r.random() < 0.5 else []
        case = Case(self._target(), Headers.of([*fields, *r.sample(FIELDS, r.randint(0, 7))]), method)
        if r.random() < self._most_odd:
            for change in r.sample(_CHANGES, r.choice((1, 1, 1, 2))):
                case = change(self, case)
        if tls:
            names = (host, host, host, host.upper(), r.choice(HOSTS), None)
            case = replace(case, tls=r.random() < 0.93, server_name=r.choice(names))
        return replace(case, address=address, port=port)

    def _target(self) -> str:
        r = self._random
        parts = [r.choice(ODD) if r.random() < 0.12 else r.choice(SEGMENTS) for _ in range(r.randint(0, 4))]
        path = "/" + "/".join(parts) + ("/" if r.random() < 0.3 else "")
        args = r.choice(ARGUMENTS)
        fragment = "#f" if r.random() < 0.01 else ""
        return path + (f"?{args}" if args or r.random() < 0.05 else "") + fragment

    # ---- what is out of the ordinary

    def _odd_field(self, case: Case) -> Case:
        r = self._random
        fields = list(case.headers)
        for _ in range(r.choice((1, 1, 2, 3))):
            fields.insert(r.randint(0, len(fields)), r.choice(ODD_FIELDS))
        return replace(case, headers=Headers.of(fields))

    def _odd_host(self, case: Case) -> Case:
        r = self._random
        fields = list(case.headers)
        kind = r.random()
        if kind < 0.2:
            fields = fields[1:]
        elif kind < 0.4:
            fields.insert(r.randint(0, len(fields)), ("Host", r.choice(HOSTS)))
        elif kind < 0.7:
            fields[0] = (r.choice(("Host", "host", "HOST")), r.choice(ODD_HOSTS))
        else:
            r.shuffle(fields)
        return replace(case, headers=Headers.of(fields))

    def _odd_target(self, case: Case) -> Case:
        r = self._random
        odd = "".join(
            chr(r.choice((r.randint(0x21, 0x7E), r.randint(0x80, 0xFF), r.randint(1, 0x7F))))
            for _ in range(2)
        )
        target = r.choice((
            "*", "", "a", "//a", "///", "/..", "/a/..", "/a/../..", "/./a", "/%2e%2e/a", f"/{odd}", f"/a/{odd}?{odd}",
            "/" + "%41" * 30, "/" + "a/" * 100, "http:/a", "http://", "?a", "/a b", " /a",
            f"/%{r.randint(0, 255):02x}", f"/a%{r.randint(0, 255):02X}/b", f"/ws?x={odd}",
        ))  # fmt: skip
        # The end of a line would end a Location, too, and split the answer.
        return replace(case, target=re.sub(r"\n|\r|%0[aAdD]", "%09", target))

    def _absolute(self, case: Case) -> Case:
        r = self._random
        host = r.choice(
            (*HOSTS, *HOSTS, *HOSTS, "", "a_b", "[::1]", "a.test.", "x:y", "127.0.0.1")
        ) + r.choice(("", "", ":80", ":"))
        target = r.choice((case.target, case.target, case.target, "", f"?{case.target.partition('?')[2]}"))
        return replace(case, target=f"{r.choice(('http', 'https', 'ws', 'h2+x'))}://{host}{target}")

    def _odd_line(self, case: Case) -> Case:
        r = self._random
        if r.random() < 0.4:
            return replace(case, protocol=r.choice(PROTOCOLS))
        return replace(case, method=r.choice(ODD_METHODS))

    def _long(self, case: Case) -> Case:
        r = self._random
        if case.method == "HEAD":  # what the upstream got could not come back
            return case
        size = r.choice((900, 980, 1000, 1022, 1024, 1100, 2000, 4090, 8150, 8180, 8192, 8300, 20000))
        kind = r.random()
        if kind < 0.2:
            return replace(case, target=f"/{'y' * size}")
        fields = list(case.headers)
        for _ in range(r.choice((1, 1, 1, 4))):
            fields.insert(
                r.randint(0, len(fields)),
                (r.choice(("X-Long", "Cookie", "Authorization", "X-Custom")), "x" * size),
            )
        return replace(case, headers=Headers.of(fields))

    def _body(self, case: Case) -> Case:
        r = self._random
        plain = case.headers.without("content-length")
        kind = r.random()
        if kind < 0.4:
            length = r.choice((1, 5, 20))
            return replace(case, headers=plain.added(("Content-Length", str(length))), body=b"b" * length)
        if kind < 0.55:
            return replace(
                case, headers=plain.added(("Transfer-Encoding", "chunked")), body=b"5\r\nhello\r\n0\r\n\r\n"
            )
        wrong = r.choice(
            (
                [("Content-Length", "x")], [("Content-Length", "")], [("Content-Length", "-1")], [("Content-Length", "0"), ("Content-Length", "0")],
                [("Transfer-Encoding", "gzip")], [("Transfer-Encoding", "chunked"), ("Content-Length", "0")], [("Content-Length", "99999999999999999999")], [("content-length", "0")],
            )
        )  # fmt: skip
        return replace(case, headers=plain.added(*wrong))


_CHANGES = (
    Requests._odd_field, Requests._odd_field, Requests._odd_host, Requests._odd_target, Requests._absolute,
    Requests._odd_line, Requests._long, Requests._body,
)  # fmt: skip
