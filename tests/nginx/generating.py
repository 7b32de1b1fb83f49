"""Random configurations and random requests for them; one seed gives the same ones for ever. Only what nginx accepts."""

from dataclasses import dataclass
from random import Random

from ws101.handshake.headers import Headers

HOSTS = (
    "a.test",
    "b.test",
    "www.a.test",
    "x.a.test",
    "c.test",
    "deep.x.a.test",
    "A.Test",
    "nobody.test",
    "www.b.org",
)
NAMES = (
    "a.test", "b.test", "*.a.test", ".a.test", "www.*", "~^x\\.(?<sub>.+)$", "~^(www)\\.", "_", "c.test", '""', "*.test",
)  # fmt: skip
SEGMENTS = ("a", "b", "ws", "api", "v1", "x.php", "img.png", "A", "socket", "a+b", "long-name", "0")
ODD = (
    "%61",
    "%2F",
    "%20",
    "..",
    ".",
    "",
    "%3F",
    "%25",
    "%23x",
    "a%2fb",
    "%C3%A9",
    "b;c",
    "~u",
    "a,b",
    "%7Bx%7D",
    "a'b",
    "a%5Eb",
)
ARGUMENTS = ("", "", "x=1", "x=1&y=2", "token=abc", "x=%20&y=a+b", "a", "x=", "u=/p?q")
REGEXES = (
    "\\.php$", "^/api/(.*)$", "^/(a|b)/", "/ws", "^/v[0-9]+/(?<rest>.*)$", "\\.(png|jpg)$", "^/A", "socket$", "//", "b$", "^/x\\.",
)  # fmt: skip
CLIENT_FIELDS = (
    ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Connection", "keep-alive, Upgrade"), ("Sec-WebSocket-Version", "13"),
    ("Authorization", "Bearer abc.def"), ("X-Custom", "1"), ("x_under", "2"), ("Cookie", "a=1; b=2"), ("Accept", "*/*"),
    ("X-Custom", "2"), ("Origin", "https://a.test"), ("Expect-Not", "1"), ("TE", "trailers"), ("Keep-Alive", "timeout=5"),
    ("X-Forwarded-For", "192.0.2.7"), ("Cookie", "c=3"), ("X-Empty", ""), ("User-Agent", "oracle"), ("Upgrade", "WebSocket"),
)  # fmt: skip
VARIABLES = (
    "$host", "$http_host", "$uri", "$args", "$request_uri", "$http_upgrade", "$m0", "$m1", "$m2", "$s0", "$scheme", "$1",
    "$proxy_host", "$server_name", "$arg_x", "$cookie_a", "$http_x_custom", "$is_args", "$request_method", "$remote_addr",
    "$proxy_add_x_forwarded_for", "$server_protocol", "$document_uri", "$g0", "$query_string", "$proxy_port",
)  # fmt: skip
SETTABLE = (
    "Host", "Upgrade", "Connection", "X-Custom", "Authorization", "X-Real-IP", "X-Forwarded-For", "Cookie", "X-New", "Origin", "TE",
)  # fmt: skip


def _braced(variable: str) -> str:
    """Keep a variable from what stands behind it; a capture has one digit and takes no braces."""
    return variable if variable[1:].isdigit() else f"${{{variable[1:]}}}"


@dataclass(frozen=True)
class Case:
    """A request for one configuration."""

    method: str
    target: str
    headers: Headers
    protocol: str = "HTTP/1.1"


class Generator:
    """Makes one configuration: the inside of an http block. `number` keeps variables of several apart in one nginx."""

    def __init__(self, seed: int, number: int, port: int, upstream: int) -> None:
        self.random = Random(seed)
        self.number, self.port, self.upstream = number, port, upstream
        self.places = 0

    def configuration(self) -> str:
        r = self.random
        variables = [self._map(n) for n in range(3)] + [self._geo()]
        default = r.randrange(-1, 3)
        servers = [self._server(n, default=n == default) for n in range(r.randint(1, 3))]
        text = "\n".join([*variables, *servers])
        for name in ("m0", "m1", "m2", "g0"):
            text = text.replace(f"${name}", f"${name}_{self.number}").replace(
                f"${{{name}}}", f"${{{name}_{self.number}}}"
            )
        return text

    def case(self) -> Case:
        r = self.random
        target = self._target()
        fields = [("Host", r.choice(HOSTS) + r.choice(("", "", "", f":{self.port}", ".")))]
        chosen = r.sample(CLIENT_FIELDS, r.randint(0, 7))
        method = r.choice(("GET",) * 8 + ("POST", "HEAD", "OPTIONS", "DELETE"))
        fields += [] if method == "GET" else [("Content-Length", "0")] if r.random() < 0.5 else []
        if r.random() < 0.03:
            fields = fields[1:] if r.random() < 0.5 else [*fields, ("Host", "b.test")]
        if r.random() < 0.02 and method != "HEAD":
            chosen.append(("X-Long", "x" * r.choice((1000, 1100, 8150, 8300, 20000))))
        if r.random() < 0.03:
            target = f"http://{r.choice(HOSTS)}{target}"
        return Case(
            method, target, Headers.of([*fields, *chosen]), r.choice(("HTTP/1.1",) * 15 + ("HTTP/1.0",))
        )

    # ---- pieces

    def _where(self) -> str:
        self.places += 1
        return f'add_header X-Where "{self.number}.{self.places}" always;'

    def _path(self) -> str:
        r = self.random
        path = "/" + "/".join(r.choice(SEGMENTS) for _ in range(r.randint(0, 3)))
        return path + ("/" if r.random() < 0.35 and path != "/" else "")

    def _target(self) -> str:
        r = self.random
        parts = [r.choice(ODD) if r.random() < 0.15 else r.choice(SEGMENTS) for _ in range(r.randint(0, 4))]
        path = "/" + "/".join(parts) + ("/" if r.random() < 0.3 else "")
        args = r.choice(ARGUMENTS)
        fragment = "#f" if r.random() < 0.01 else ""
        return path + (f"?{args}" if args or r.random() < 0.05 else "") + fragment

    def _text(self) -> str:
        r = self.random
        pieces = [
            _braced(r.choice(VARIABLES))
            if r.random() < 0.6
            else r.choice(("upgrade", "close", "x", "-", "keep"))
            for _ in range(r.randint(1, 2))
        ]
        return "".join(pieces)

    def _map(self, number: int) -> str:
        r = self.random
        source = r.choice(
            ("$http_upgrade", "$uri", "$host", "$arg_x", "$args", "$http_x_custom", "$request_method")
        )
        entries = {
            r.choice(
                (
                    "websocket",
                    "1",
                    "/a",
                    "a.test",
                    "''",
                    "GET",
                    "default",
                    "POST",
                    "~^/a",
                    "~*^W",
                    "~(?<mapped>[a-z]+)$",
                    "\\x=1",
                )
            ): r.choice(("upgrade", "close", "''", "$host", "x$arg_y", "0", "1"))
            for _ in range(r.randint(1, 4))
        }
        hostnames = "hostnames; *.a.test sub; www.* w;" if source == "$host" and r.random() < 0.5 else ""
        volatile = "volatile;" if r.random() < 0.2 else ""
        lines = " ".join(f'"{k}" {v};' if not k.startswith("'") else f"{k} {v};" for k, v in entries.items())
        return f"map {source} $m{number} {{ {hostnames} {volatile} {lines} }}"

    def _geo(self) -> str:
        inside = self.random.choice(
            (
                "127.0.0.0/8 here;",
                "default d; 10.0.0.0/8 ten;",
                "127.0.0.1 me; 127.0.0.0/8 us; default no;",
                "0.0.0.0/0 all;",
            )
        )
        return f"geo $g0 {{ {inside} }}"

    def _server(self, number: int, *, default: bool) -> str:
        r = self.random
        names = " ".join(dict.fromkeys(r.choice(NAMES) for _ in range(r.randint(0, 3))))
        if default and r.random() < 0.5:
            names = "_"
        lines = [f"listen 127.0.0.1:{self.port}{' default_server' if default else ''};"]
        lines += [f"server_name {names};"] if names and r.random() < 0.95 else []
        lines += [self._where(), 'set $s0 "";']
        lines += ["merge_slashes off;"] if r.random() < 0.15 else []
        lines += ["underscores_in_headers on;"] if r.random() < 0.15 else []
        lines += ["absolute_redirect off;"] if r.random() < 0.1 else []
        lines += ["port_in_redirect off;"] if r.random() < 0.1 else []
        lines += ["server_name_in_redirect on;"] if r.random() < 0.1 else []
        lines += ["large_client_header_buffers 4 1k;"] if r.random() < 0.05 else []
        lines += [self._header_line() for _ in range(r.choice((0, 0, 1, 2)))]
        lines += [self._error_page() for _ in range(r.choice((0, 0, 0, 1)))]
        lines += self._access(0.05)
        lines += self._script(0.15, server=True)
        lines += [self._location(path, 0) for path in self._locations(r.randint(1, 6))]
        lines.append(self._named("@named"))
        return "server {\n" + "\n".join(lines) + "\n}"

    def _locations(self, number: int) -> list[str]:
        """Choose how locations match, without doubles, which nginx refuses."""
        r = self.random
        chosen: dict[tuple[str, str], str] = {}
        for _ in range(number):
            modifier = r.choice(("", "", "", "=", "^~", "~", "~*"))
            path = r.choice(REGEXES) if modifier in {"~", "~*"} else self._path()
            if r.random() < 0.3 and not modifier:
                path = "/"
            chosen.setdefault(
                (modifier if modifier in {"=", "~", "~*"} else "", path), f'{modifier} "{path}"'
            )
        return list(chosen.values())

    def _location(self, how: str, depth: int) -> str:
        r = self.random
        modifier, path = how.split(" ", 1)
        path = path.strip('"')
        lines = [self._where()]
        lines += ["internal;"] if r.random() < 0.04 else []
        lines += [self._header_line() for _ in range(r.choice((0, 0, 1, 2, 3)))]
        lines += [f"proxy_http_version {r.choice(('1.0', '1.1'))};"] if r.random() < 0.4 else []
        lines += ["proxy_pass_request_headers off;"] if r.random() < 0.03 else []
        lines += [f"proxy_method {r.choice(('POST', 'GET'))};"] if r.random() < 0.02 else []
        lines += [self._error_page()] if r.random() < 0.08 else []
        lines += ["recursive_error_pages on;"] if r.random() < 0.05 else []
        lines += self._access(0.06)
        lines += self._script(0.25)
        lines += ["limit_except GET { deny all; }"] if r.random() < 0.05 else []
        if depth == 0 and modifier in {"", "^~"} and r.random() < 0.25:
            below = path.rstrip("/") or ""
            inner = {f"{below}/{r.choice(SEGMENTS)}{r.choice(('', '/'))}" for _ in range(r.randint(1, 2))} - {
                path
            }
            lines += [self._location(f' "{one}"', 1) for one in sorted(inner)]
            if r.random() < 0.4:
                lines.append(self._location(f'~ "{r.choice(REGEXES)}"', 1))
        if r.random() < 0.12:
            lines.append(self._try_files())
        lines += self._answer(uri=modifier in {"", "^~", "="})
        return f"location {how} {{\n" + "\n".join(lines) + "\n}"

    def _named(self, name: str) -> str:
        lines = [self._where(), *self._script(0.1), *self._answer(uri=False)]
        return f"location {name} {{\n" + "\n".join(lines) + "\n}"

    def _answer(self, *, uri: bool) -> list[str]:
        r = self.random
        kind = r.random()
        if kind < 0.72:
            return [self._proxy_pass(uri=uri)]
        if kind < 0.84:
            return [self._return()]
        return []

    def _proxy_pass(self, *, uri: bool) -> str:
        r = self.random
        base = f"http://127.0.0.1:{self.upstream}"
        kind = r.random()
        if uri and kind < 0.4:
            return f"proxy_pass {base}{r.choice(('/', '/x', '/x/', '/y/z?w=1', '/%41'))};"
        if kind < 0.55:
            return f"proxy_pass {base}{r.choice(('$request_uri', '$uri', '/v$uri$is_args$args', '/$1', '/$s0'))};"
        return f"proxy_pass {base};"

    def _header_line(self) -> str:
        r = self.random
        name = r.choice(SETTABLE)
        value = (
            {"Upgrade": "$http_upgrade", "Connection": "$m0", "Host": "$http_host"}.get(name)
            if r.random() < 0.5
            else None
        )
        value = value or (self._text() if r.random() < 0.85 else '""')
        return f"proxy_set_header {name} {value};"

    def _error_page(self) -> str:
        r = self.random
        codes = " ".join(r.sample(("404", "403", "500", "405", "400", "401", "301", "494"), r.randint(1, 2)))
        overwrite = r.choice(("", "", "=200", "=", "=418"))
        where = r.choice(("/err", "/a", "@named", "/b?e=1", "http://other.test/x", "/$host"))
        return f"error_page {codes} {overwrite} {where};"

    def _access(self, share: float) -> list[str]:
        r = self.random
        if r.random() < share:
            return r.choice(
                (
                    ["deny all;"],
                    ["allow 127.0.0.1;", "deny all;"],
                    ["deny 127.0.0.0/8;"],
                    ["allow all;", "deny 127.0.0.1;"],
                    ["deny 10.0.0.0/8;"],
                )
            )
        if r.random() < share / 2:
            return r.choice(
                (
                    ['auth_basic "r";', "auth_basic_user_file none;"],
                    ["auth_basic off;"],
                    [
                        "satisfy any;",
                        "allow 127.0.0.1;",
                        "deny all;",
                        'auth_basic "r";',
                        "auth_basic_user_file none;",
                    ],
                )
            )
        return []

    def _return(self) -> str:
        return self.random.choice(
            ("return 404;", "return 200 ok;", "return 204;", "return 403;", "return 301 /moved$uri;", "return 302 https://$host$request_uri;", "return 444;",
             "return 418 x;", "return 500;", "return https://$http_host/;", "return 307 /a?$args;", "return 400;")
        )  # fmt: skip

    def _try_files(self) -> str:
        return self.random.choice(
            (
                "try_files $uri =404;",
                "try_files $uri @named;",
                "try_files /nothing /a?t=1;",
                "try_files $uri $uri.html /b$is_args$args;",
                "try_files none =403;",
            )
        )

    def _script(self, share: float, *, server: bool = False) -> list[str]:
        r = self.random
        lines = []
        while r.random() < share and len(lines) < 4:
            kind = r.random()
            if kind < 0.3:
                lines.append(f"set $s0 {self._text()};")
            elif kind < 0.65:
                lines.append(self._rewrite())
            elif kind < 0.7:
                lines.append("break;")
            else:
                lines.append(self._if(server=server))
        return lines

    def _rewrite(self) -> str:
        r = self.random
        pattern = r.choice(
            ("^/a(.*)$", "^/(.*)/b$", "^/api/(.*)$", "^(.*)$", "^/ws$", "/v1/(?<r1>.*)", "^/old", "^/b/(.+)")
        )
        there = r.choice(
            (
                "/b$1",
                "/$1",
                "/a/$1",
                "/new?x=$1",
                "/ws",
                "/c?y=2",
                "/c?",
                "http://other.test$uri",
                "/x$args",
                "/$1?",
                "/api/$s0",
                "/p%20q",
            )
        )
        flag = r.choice(("", "last", "break", "redirect", "permanent", "last", "break"))
        return f"rewrite {pattern} {there} {flag};"

    def _if(self, *, server: bool) -> str:
        r = self.random
        test = r.choice(
            ("$http_upgrade = websocket", "$http_upgrade", "$request_method = POST", "$request_method !~ ^(GET|HEAD)$", "$arg_x", "$uri ~ ^/(a)", "$host = a.test",
             "$http_upgrade !~* websocket", "$m0", "$args ~ token=([^&]+)", "$host !~ test$", "$s0 = x", "$m1 = upgrade", "$http_upgrade ~* ^web")
        )  # fmt: skip
        inside = [] if server else [self._where()]
        kind = r.random()
        if kind < 0.35:
            inside.append(self._return())
        elif kind < 0.6:
            inside.append(self._rewrite())
        elif kind < 0.8:
            inside.append(f"set $s0 {self._text()};")
        elif not server:
            inside.append(self._proxy_pass(uri=False))
        return f"if ({test}) {{ {' '.join(inside)} }}"
