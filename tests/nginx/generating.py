"""Random configurations, and requests for them; one seed gives the same ones for ever. Only what nginx accepts."""

from collections.abc import Callable
from random import Random

from requesting import HOSTS, SEGMENTS, Case, Requests

NAMES = (
    "a.test", "b.test", "*.a.test", ".a.test", "www.*", "~^x\\.(?<sub>.+)$", "~^(www)\\.", "_", "c.test", '""', "*.test",
)  # fmt: skip
REGEXES = (
    "\\.php$", "^/api/(.*)$", "^/(a|b)/", "/ws", "^/v[0-9]+/(?<rest>.*)$", "\\.(png|jpg)$", "^/A", "socket$", "//", "b$", "^/x\\.",
    "^/([^/]+)(/.*)?$", "[A-Z]", "(?i)^/API", "^/(?P<named>a)", "\\xff", "^/a.b", "%", " ",
)  # fmt: skip
VARIABLES = (
    "$host", "$http_host", "$uri", "$args", "$request_uri", "$http_upgrade", "$m0", "$m1", "$m2", "$s0", "$scheme", "$1",
    "$proxy_host", "$server_name", "$arg_x", "$cookie_a", "$http_x_custom", "$is_args", "$request_method", "$remote_addr",
    "$proxy_add_x_forwarded_for", "$server_protocol", "$document_uri", "$g0", "$query_string", "$proxy_port", "$s1", "$2",
    "$http_authorization", "$https", "$http_cookie", "$server_port", "$content_length", "$http_connection", "$http_user_agent",
)  # fmt: skip
SETTABLE = (
    "Host", "Upgrade", "Connection", "X-Custom", "Authorization", "X-Real-IP", "X-Forwarded-For", "Cookie", "X-New", "Origin", "TE",
    "Accept", "upgrade", "X-Forwarded-Proto",
)  # fmt: skip
# What stands in the http block before all configurations.
HTTP = (
    'proxy_set_header X-From-Http "$host;$http_x_custom";\nssl_certificate cert.pem;\nssl_certificate_key cert.key;\n'
    'map $host $defining { "~^(?<mapped>nothing)$" $mapped; }\n'
)
# Lines that change nothing of what is compared.
NOISE = (
    "proxy_redirect off;", "proxy_intercept_errors on;", "proxy_hide_header X-Nothing;", "root html;", "index index.html index.htm;",
    "proxy_read_timeout 60s;", "client_max_body_size 2m;", "client_max_body_size 10;", "client_max_body_size 0;", "keepalive_timeout 10;", "types { text/plain txt; }", "proxy_ignore_client_abort on;", "etag off;",
)  # fmt: skip

Bind = Callable[[tuple[str, ...]], int]  # addresses -> a free port on all of them, on which nginx will listen


def _braced(variable: str) -> str:
    """Keep a variable from what stands behind it; a capture has one digit and takes no braces."""
    return variable if variable[1:].isdigit() else f"${{{variable[1:]}}}"


class Generator:
    """Makes one configuration: the inside of an http block. `number` keeps variables of several apart in one nginx.

    `files` are those that it includes, by name.
    """

    def __init__(self, seed: int, number: int, bind: Bind, upstream: int) -> None:
        self.random = Random(seed)
        self.number, self.upstream = number, upstream
        self.files: dict[str, str] = {}
        self._bind, self._places = bind, 0
        self._ends: list[tuple[tuple[str, ...], int, bool]] = []  # addresses, port, with TLS

    def configuration(self) -> str:
        r = self.random
        self._ends = [self._end() for _ in range(r.choice((1, 1, 1, 1, 2)))]
        text = "\n".join(
            [
                *(self._map(n) for n in range(3)),
                self._geo(),
                f'split_clients "$remote_addr" $split_{self.number} {{ 50% a; * b; }}',
                f"upstream back_{self.number} {{ server 127.0.0.1:{self.upstream}; {r.choice(('', 'keepalive 4;'))} }}",
                *self._servers(),
            ]
        )
        self.files = {name: self._own_names(inside) for name, inside in self.files.items()}
        return self._own_names(text)

    def case(self) -> Case:
        r = self.random
        addresses, port, tls = r.choice(self._ends)
        address = r.choice(addresses)
        if address == "*":
            address = r.choice(("127.0.0.1", "127.0.0.2", "127.0.0.3"))
        return Requests(r).case(address.strip("[]"), port, tls=tls)

    def _own_names(self, text: str) -> str:
        for name in ("m0", "m1", "m2", "g0"):
            text = text.replace(f"${name}", f"${name}_{self.number}").replace(
                f"${{{name}}}", f"${{{name}_{self.number}}}"
            )
        return text

    # ---- where it listens

    def _end(self) -> tuple[tuple[str, ...], int, bool]:
        addresses = self.random.choice(
            (("127.0.0.1",),) * 8
            + (("127.0.0.1", "127.0.0.2"), ("*",), ("*", "127.0.0.2"), ("127.0.0.1", "[::1]"))
        )
        bound = ("*",) if "*" in addresses else addresses  # nginx opens no other beside it
        return addresses, self._bind(bound), self.random.random() < 0.15

    def _servers(self) -> list[str]:
        r = self.random
        count = r.randint(1, 3)
        listens: list[list[str]] = [[] for _ in range(count)]
        for addresses, port, tls in self._ends:
            for address in addresses:
                there = r.sample(range(count), r.randint(1, count))
                default = r.choice((*there, None))
                for one in there:
                    options = (" ssl" if tls else "") + (" default_server" if one == default else "")
                    listens[one].append(f"listen {address}:{port}{options};")
        return [self._server(lines) for lines in listens if lines]

    # ---- pieces

    def _where(self) -> str:
        self._places += 1
        return f'add_header X-Where "{self.number}.{self._places}" always;'

    def _path(self) -> str:
        r = self.random
        path = "/" + "/".join(r.choice(SEGMENTS) for _ in range(r.randint(0, 3)))
        return path + ("/" if r.random() < 0.35 and path != "/" else "")

    def _text(self) -> str:
        r = self.random
        pieces = [
            _braced(r.choice(VARIABLES))
            if r.random() < 0.6
            else r.choice(("upgrade", "close", "x", "-", "keep"))
            for _ in range(r.randint(1, 2))
        ]
        return "".join(pieces) if r.random() > 0.003 else f"$split_{self.number}"

    def _map(self, number: int) -> str:
        r = self.random
        sources = (
            "$http_upgrade", "$uri", "$host", "$arg_x", "$args", "$http_x_custom", "$request_method", '"$scheme$arg_x"', "$http_connection", "$s0", "$http_host",
            "$server_port", "$remote_addr",
        )  # fmt: skip
        source = r.choice((*sources, *(f"$m{n}" for n in range(number)), *(f"$m{n}" for n in range(number))))
        keys = (
            "websocket", "1", "/a", "a.test", "''", "GET", "default", "POST", "~^/a", "~*^W", "~(?<mapped>[a-z]+)$", "\\x=1", "upgrade", "Upgrade", "~^(..)(.*)$",
            "~*upgrade", "127.0.0.1", "\\default", "A.TEST", "http1", "x",
        )  # fmt: skip
        values = (
            "upgrade",
            "close",
            "''",
            "$host",
            "x$arg_y",
            "0",
            "1",
            "$1",
            "$mapped",
            "v$2-$1",
            "$http_x_custom",
        )
        chosen = {key.lower(): key for key in (r.choice(keys) for _ in range(r.randint(1, 5)))}
        entries = {key: r.choice(values) for key in chosen.values()}
        lines = " ".join(
            f"{k} {v};" if k.startswith("'") else f'"{k}" "{v.strip(chr(39))}";' for k, v in entries.items()
        )
        if r.random() < 0.15:
            name = f"map-{self.number}-{number}.conf"
            self.files[name] = '"from-a-file" file; "keep-alive, Upgrade" both;\n'
            lines += f" include {name};"
        hostnames = (
            "hostnames; *.a.test sub; www.* w; .b.test b;" if source == "$host" and r.random() < 0.5 else ""
        )
        volatile = "volatile;" if r.random() < 0.2 else ""
        return f"map {source} $m{number} {{ {hostnames} {volatile} {lines} }}"

    def _geo(self) -> str:
        r = self.random
        inside = r.choice(
            (
                "127.0.0.0/8 here;", "default d; 10.0.0.0/8 ten;", "127.0.0.1 me; 127.0.0.0/8 us; default no;", "0.0.0.0/0 all;",
                "ranges; default d; 127.0.0.0-127.0.0.255 lo; 10.0.0.0-10.255.255.255 ten;", "127.0.0.0/8 a; delete 127.0.0.0/8; default d;",
                "127.0.0.1/32 a; 127.0.0.1 b;", "::1 six; default d; 127.0.0.0/9 half;", "192.0.2.0/24 doc; default d;",
            )
        )  # fmt: skip
        source = r.choice(("", "", "$arg_x ", "$http_x_forwarded_for "))
        return f"geo {source}$g0 {{ {inside} }}"

    def _server(self, listens: list[str]) -> str:
        r = self.random
        names = " ".join(dict.fromkeys(r.choice(NAMES) for _ in range(r.randint(0, 3))))
        lines = [*listens, *([f"server_name {names};"] if names else [])]
        lines += [self._where(), 'set $s0 "";', 'set $s1 "";']
        settings = (
            ("merge_slashes off;", 0.15), ("underscores_in_headers on;", 0.15), ("absolute_redirect off;", 0.1), ("port_in_redirect off;", 0.1),
            ("server_name_in_redirect on;", 0.1), ("large_client_header_buffers 4 1k;", 0.06), ("large_client_header_buffers 2 4k;", 0.04),
            ("ignore_invalid_headers off;", 0.08), ("client_header_buffer_size 2k;", 0.04), ("recursive_error_pages on;", 0.05),
        )  # fmt: skip
        lines += list(
            {line.partition(" ")[0]: line for line, share in settings if r.random() < share}.values()
        )
        lines += [r.choice(NOISE)] if r.random() < 0.2 else []
        lines += [self._header_line() for _ in range(r.choice((0, 0, 1, 2)))]
        lines += [self._error_page() for _ in range(r.choice((0, 0, 0, 1)))]
        lines += self._access(0.05)
        lines += self._script(0.15, server=True)
        places = [self._location(path, 0) for path in self._locations(r.randint(1, 6))]
        if r.random() < 0.1:
            name = f"locations-{self.number}-{self._places}.conf"
            self.files[name] = places.pop()
            places.append(f"include {name};")
        return "server {\n" + "\n".join([*lines, *places, self._named("@named"), *self._auths()]) + "\n}"

    def _locations(self, number: int) -> list[str]:
        """Choose how locations match, without doubles, which nginx refuses."""
        r = self.random
        chosen: dict[tuple[str, str], str] = {}
        for _ in range(number):
            modifier = r.choice(("", "", "", "=", "^~", "~", "~*"))
            path = r.choice(REGEXES) if modifier in {"~", "~*"} else self._path()
            if r.random() < 0.3 and not modifier:
                path = "/"
            glued = modifier and r.random() < 0.15
            chosen.setdefault(
                (modifier if modifier in {"=", "~", "~*"} else "", path),
                f'"{modifier}{path}"' if glued else f'{modifier} "{path}"',
            )
        return list(chosen.values())

    def _location(self, how: str, depth: int) -> str:
        r = self.random
        modifier = next((one for one in ("^~", "~*", "~", "=") if how.strip('"').startswith(one)), "")
        path = how.strip('" ').removeprefix(modifier).strip(' "')
        lines = [self._where()]
        lines += ["internal;"] if r.random() < 0.04 else []
        lines += [self._header_line() for _ in range(r.choice((0, 0, 1, 2, 3)))]
        lines += [f"proxy_http_version {r.choice(('1.0', '1.1'))};"] if r.random() < 0.4 else []
        lines += ["proxy_pass_request_headers off;"] if r.random() < 0.03 else []
        lines += [f"proxy_method {r.choice(('POST', 'GET', '$arg_x'))};"] if r.random() < 0.02 else []
        lines += [self._error_page()] if r.random() < 0.1 else []
        lines += ["recursive_error_pages on;"] if r.random() < 0.08 else []
        lines += [r.choice(NOISE)] if r.random() < 0.15 else []
        lines += self._access(0.08)
        lines += (
            [
                f"auth_request {r.choice(('/auth-ok', '/auth-401', '/auth-403', '/auth-302', '/auth-proxy', '/auth-if', '/a', 'off'))};"
            ]
            if r.random() < 0.05
            else []
        )
        lines += self._script(0.25)
        lines += [self._limit_except()] if r.random() < 0.06 else []
        lines += self._nested(modifier, path, depth)
        if r.random() < 0.12:
            lines.append(self._try_files())
        lines += self._answer(uri=modifier in {"", "^~", "="})
        return f"location {how} {{\n" + "\n".join(lines) + "\n}"

    def _nested(self, modifier: str, path: str, depth: int) -> list[str]:
        r = self.random
        if depth > 1 or modifier == "=" or r.random() > 0.2:
            return []
        lines = []
        if modifier in {"", "^~"}:
            below = path.rstrip("/") or ""
            inner = {f"{below}/{r.choice(SEGMENTS)}{r.choice(('', '/'))}" for _ in range(r.randint(1, 2))} - {
                path
            }
            lines = [
                self._location(f'{r.choice(("", "", "=", "^~"))} "{one}"', depth + 1) for one in sorted(inner)
            ]
        if modifier in {"~", "~*"} or r.random() < 0.4:
            lines.append(self._location(f'{r.choice(("~", "~*"))} "{r.choice(REGEXES)}"', depth + 1))
        return lines

    def _named(self, name: str) -> str:
        lines = [self._where(), *self._script(0.1), *self._answer(uri=False)]
        return f"location {name} {{\n" + "\n".join(lines) + "\n}"

    def _auths(self) -> list[str]:
        """The locations that subrequests are sent to, each with an answer of its own."""
        upstream = f"http://127.0.0.1:{self.upstream}"
        return [
            f"location = /auth-ok {{ {self.random.choice(('', 'internal;'))} return 204; }}",
            "location = /auth-401 { internal; return 401; }",
            "location = /auth-403 { deny all; return 403; }",
            "location = /auth-302 { return 302 /login; }",
            f"location = /auth-proxy {{ proxy_pass {upstream}; }}",
            "location = /auth-if { if ($http_upgrade) { return 403; } if ($request_method = POST) { return 401; } set $s1 seen; return 200; }",
        ]

    def _limit_except(self) -> str:
        r = self.random
        methods = r.choice(("GET", "GET POST", "POST", "HEAD", "GET OPTIONS"))
        inside = r.choice(
            ("deny all;", "allow 127.0.0.1; deny all;", 'auth_basic "r"; auth_basic_user_file none;', "", "allow all;", f"proxy_pass http://127.0.0.1:{self.upstream};",
             "deny 10.0.0.0/8;")
        )  # fmt: skip
        return f"limit_except {methods} {{ {inside} }}"

    def _answer(self, *, uri: bool) -> list[str]:
        kind = self.random.random()
        if kind < 0.72:
            return [self._proxy_pass(uri=uri)]
        if kind < 0.84:
            return [self._return()]
        return []

    def _proxy_pass(self, *, uri: bool) -> str:
        r = self.random
        base = r.choice((f"http://127.0.0.1:{self.upstream}",) * 4 + (f"http://back_{self.number}",))
        kind = r.random()
        if uri and kind < 0.4:
            return f"proxy_pass {base}{r.choice(('/', '/x', '/x/', '/y/z?w=1', '/%41', '/?q=', '/a%20b/'))};"
        if kind < 0.55:
            ends = ("$request_uri", "$uri", "/v$uri$is_args$args", "/$1", "/$s0", "/x?$args", "/a$2")
            return f"proxy_pass {base}{r.choice(ends)};"
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
        every = (
            "404",
            "403",
            "500",
            "405",
            "400",
            "401",
            "301",
            "494",
            "497",
            "414",
            "413",
            "302",
            "502",
            "421",
            "505",
        )
        codes = " ".join(r.sample(every, r.randint(1, 3)))
        overwrite = r.choice(("", "", "=200", "=", "=418", "=302"))
        where = r.choice(
            (
                "/err",
                "/a",
                "@named",
                "/b?e=1",
                "http://other.test/x",
                "/$host",
                "https://$host$request_uri",
                "@nobody",
                "/a?$args",
                "/err/$s0",
            )
        )
        return f"error_page {codes} {overwrite} {where};"

    def _access(self, share: float) -> list[str]:
        r = self.random
        if r.random() < share:
            return r.choice(
                (
                    ["deny all;"], ["allow 127.0.0.1;", "deny all;"], ["deny 127.0.0.0/8;"], ["allow all;", "deny 127.0.0.1;"], ["deny 10.0.0.0/8;"],
                    ["deny ::1;"], ["allow 127.0.0.0/8;", "allow ::1;", "deny all;"],
                )
            )  # fmt: skip
        if r.random() < share / 2:
            basic = ['auth_basic "r";', "auth_basic_user_file none;"]
            return r.choice(
                (
                    basic, ["auth_basic off;"], ["satisfy any;", "allow 127.0.0.1;", "deny all;", *basic], ["satisfy any;", "deny all;", *basic],
                    ["satisfy all;", "allow all;", *basic], ["auth_basic $arg_x;", "auth_basic_user_file none;"],
                )
            )  # fmt: skip
        return []

    def _return(self) -> str:
        return self.random.choice(
            ("return 404;", "return 200 ok;", "return 204;", "return 403;", "return 301 /moved$uri;", "return 302 https://$host$request_uri;", "return 444;",
             "return 418 x;", "return 500;", "return https://$http_host/;", "return 307 /a?$args;", "return 400;", "return 301;", "return 302 $s0;", "return 200;",
             "return 404 $uri;", "return 308 //x$uri;", "return $scheme://$host/;", "return 426 '';", "return 503 $arg_x;", "return 201 a;", "return 304;")
        )  # fmt: skip

    def _try_files(self) -> str:
        return self.random.choice(
            ("try_files $uri =404;", "try_files $uri @named;", "try_files /nothing /a?t=1;", "try_files $uri $uri.html /b$is_args$args;", "try_files none =403;",
             "try_files $s0/nothing $uri/nothing/ /ws;", "try_files $uri /$1;", "try_files $uri @nobody;")
        )  # fmt: skip

    def _script(self, share: float, *, server: bool = False) -> list[str]:
        r = self.random
        lines = []
        while r.random() < share and len(lines) < 4:
            kind = r.random()
            if kind < 0.3:
                lines.append(f"set {r.choice(('$s0', '$s1', '$s0', '$s1', '$args'))} {self._text()};")
            elif kind < 0.65:
                lines.append(self._rewrite())
            elif kind < 0.7:
                lines.append("break;")
            else:
                lines.append(self._if(server=server))
        return lines

    def _rewrite(self) -> str:
        r = self.random
        patterns = (
            "^/a(.*)$",
            "^/(.*)/b$",
            "^/api/(.*)$",
            "^(.*)$",
            "^/ws$",
            "/v1/(?<r1>.*)",
            "^/old",
            "^/b/(.+)",
            '"^/.{2,3}$"',
            "^/([a-z])([^/]*)",
            "(?i)A",
        )
        there = (
            "/b$1", "/$1", "/a/$1", "/new?x=$1", "/ws", "/c?y=2", "/c?", "http://other.test$uri", "/x$args", "/$1?", "/api/$s0", "/p%20q", "$uri?z=$arg_x",
            "/$2/$1", "/a?$args", "'/a b'", "https://$host/$1?q=$2", "/%41$1", "$scheme://x.test/$1", "/a?x=$uri&", "/é",
        )  # fmt: skip
        flag = r.choice(("", "last", "break", "redirect", "permanent", "last", "break"))
        return f"rewrite {r.choice(patterns)} {r.choice(there)} {flag};"

    def _if(self, *, server: bool) -> str:
        r = self.random
        test = r.choice(
            ("$http_upgrade = websocket", "$http_upgrade", "$request_method = POST", "$request_method !~ ^(GET|HEAD)$", "$arg_x", "$uri ~ ^/(a)", "$host = a.test",
             "$http_upgrade !~* websocket", "$m0", "$args ~ token=([^&]+)", "$host !~ test$", "$s0 = x", "$m1 = upgrade", "$http_upgrade ~* ^web", "$s1 != x",
             "$http_cookie ~* 'a=([0-9])'", "$request_uri ~ ^//?([a-z]*)", "$s0", "$scheme = https", "$g0 = us", "$http_host ~ (.*)", "$uri = $request_uri")
        )  # fmt: skip
        inside = [] if server else [self._where()]
        kind = r.random()
        if kind < 0.35:
            inside.append(self._return())
        elif kind < 0.6:
            inside.append(self._rewrite())
        elif kind < 0.8:
            inside.append(f"set {r.choice(('$s0', '$s1'))} {self._text()};")
        elif not server:
            inside.append(self._proxy_pass(uri=False))
        if r.random() < 0.1:
            inside.append("break;")
        return f"if ({test}) {{ {' '.join(inside)} }}"


__all__ = ["HOSTS", "HTTP", "Bind", "Case", "Generator"]
