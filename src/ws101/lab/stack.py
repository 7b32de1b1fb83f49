"""A stack as a value: what the client sends, the nginx hops before the server, and the server. Starts nothing.

Text may hold placeholders: `@{front}` is the port that the client is meant to meet, `@{upstream}` the next hop's,
`@{certificates}` and `@{directory}` are directories (`www` in the latter holds a page), `@{listen_1}` is a further port
of the same nginx, `@{token}` the client's token; every other one is a place of lab/places.py, opened because it is named.
"""

from msgspec import Struct, field
from msgspec.structs import replace

from ws101.lab.token import Token
from ws101.lab.upstreams.policy import SOCKET_PATH, Policy

HOST = "app.test"
TLS_LINES = """\
ssl_certificate @{certificates}/good.pem;
ssl_certificate_key @{certificates}/good.key;
"""


class Client(Struct, frozen=True):
    """What is given to `ws101 check`; `path` holds the query too.

    `addresses` are what the host's name resolves to, given with --resolve; none leaves it to the system. `trusts` names
    the --cacert certificate. `headers` are as for -H, `arguments` further flags as they stand. `token_by_flag` gives the
    token with --token-file; without, it is where a text says `@{token}`. `secret` gives --jwt-secret-file, `direct` --direct.
    `sends` is what the user's own client sends, where that is not what it says of itself.
    """

    tls: bool = False
    host: str = HOST
    port: str = "@{front}"
    addresses: tuple[str, ...] = ("127.0.0.1",)
    path: str = SOCKET_PATH
    token: Token | None = field(default_factory=Token)
    token_by_flag: bool = True
    trusts: str = "root"
    headers: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    saw: int | None = None
    secret: bool = False
    direct: bool = False
    sends: "Client | None" = None


class Proxy(Struct, frozen=True):
    """One nginx as pieces of its configuration, in the order in which `text` writes them."""

    http: str = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }"
    listen: str = "127.0.0.1:@{front}"
    tls: str = ""
    server_name: str = f"{HOST} localhost"
    server: str = ""
    location: str = "location /"
    upgrade: str = """\
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
"""
    headers: str = """\
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
"""
    passing: str = "proxy_pass http://127.0.0.1:@{upstream};"
    extra: str = ""
    locations: str = ""
    servers: str = ""

    @property
    def text(self) -> str:
        """The lines of the http block, placeholders still in place."""
        location = _block(self.location, self.upgrade, self.headers, self.passing, self.extra)
        named = f"server_name {self.server_name};" if self.server_name else ""
        server = _block(
            "server", f"listen {self.listen};", self.tls, named, self.server, self.locations, location
        )
        return "\n".join(part for part in (self.http, self.servers, server) if part)


class Upstream(Struct, frozen=True):
    """The server behind: the module of its app in lab/upstreams, and its policy."""

    app: str
    policy: Policy = field(default_factory=Policy)


class Stack(Struct, frozen=True):
    """A whole way: the client, the nginx hops from the outside in (none is direct), and the server.

    `before` are paths that someone else has asked for just before the client comes, and `held` one whose socket
    someone else keeps open.
    """

    server: str
    client: Client
    proxies: tuple[Proxy, ...]
    upstream: Upstream
    before: tuple[str, ...] = ()
    held: str = ""

    @property
    def speaks_tls(self) -> bool:
        """Whether anything that the client may meet speaks TLS."""
        return (
            self.client.tls
            or bool(self.upstream.policy.certificate)
            or any(proxy.tls for proxy in self.proxies)
        )

    def asking(self, **changes: object) -> "Stack":
        """Return the stack with these fields of the client changed."""
        return replace(self, client=replace(self.client, **changes))

    def sending(self, **changes: object) -> "Stack":
        """Return the stack with a user's client that really sends this, and says the other."""
        return self.asking(sends=replace(self.client, **changes))

    def proxying(self, **changes: object) -> "Stack":
        """Return the stack with these fields of its outermost nginx changed."""
        outer, *inner = self.proxies
        return replace(self, proxies=(replace(outer, **changes), *inner))

    def adding(self, lines: str) -> "Stack":
        """Return the stack with these lines at the end of its outermost nginx's location."""
        return self.proxying(extra=f"{self.proxies[0].extra}{lines}\n")

    def serving(self, **changes: object) -> "Stack":
        """Return the stack with these settings of the server's policy changed."""
        policy = replace(self.upstream.policy, **changes)
        return replace(self, upstream=replace(self.upstream, policy=policy))

    def behind(self, inner: Proxy) -> "Stack":
        """Return the stack with this further nginx between the others and the server."""
        return replace(self, proxies=(*self.proxies, inner))


SERVERS: dict[str, Upstream] = {
    "websockets": Upstream("websockets_app"),
    "uvicorn": Upstream("starlette_app", Policy(variant="websockets-sansio")),
    "uvicorn-wsproto": Upstream("starlette_app", Policy(variant="wsproto")),
    "uvicorn-401": Upstream("starlette_app", Policy(variant="websockets-sansio", scenario="denial")),
    "uvicorn-none": Upstream("starlette_app", Policy(variant="none")),
    "aiohttp": Upstream("aiohttp_app"),
    "node-ws": Upstream("node_ws_app"),
    "timers": Upstream("timers_app"),
    "wsgi": Upstream("wsgi_app"),
    "engineio": Upstream("engineio_app"),
    "raw": Upstream("raw_app", Policy(scenario="echo")),
}


def healthy(server: str, *, tls: bool = False, direct: bool = False) -> Stack:
    """Return a stack whose handshake works: straight to the server, or behind nginx, which may speak TLS."""
    proxies = () if direct else (Proxy(listen="127.0.0.1:@{front} ssl", tls=TLS_LINES) if tls else Proxy(),)
    return Stack(server, Client(tls=tls), proxies, SERVERS[server])


def _block(name: str, *lines: str) -> str:
    inside = "\n".join(line.strip() for line in lines if line.strip())
    return f"{name} {{\n{_indent(inside)}\n}}"


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
