"""Writes a user's configuration anew so that nginx touches nothing outside its prefix and loopback; starts nothing.

Addresses, certificates, files and upstreams are replaced; what a request meets on its way stays. Each line of the text
knows the directive that it comes from. In it `$proxy_host`, `$proxy_port` and `$server_port` still are the user's, by maps.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from ws101.lab.keepable import KEPT_BLOCKS, KEPT_TABLES, kept, replaced
from ws101.nginx.arity import wrong
from ws101.nginx.circumstance import SOUND, Circumstance, State
from ws101.nginx.limit import seconds_of
from ws101.nginx.listen import Listen
from ws101.nginx.model import PASSES, Model, Server
from ws101.nginx.placing import quoted
from ws101.nginx.tree import Directive

PASS = "X-Ws101-Pass"  # tells the recorder which `…_pass` a request came by; no record shows it
Spot = tuple[str | None, int, str]  # a listener's address, port and path: one socket each
_LISTEN_OPTIONS = frozenset({"ssl", "http2", "default_server", "default", "proxy_protocol"})
_OURS = re.compile(r"\$(?:\{(proxy_host|proxy_port|server_port)\}|(proxy_host|proxy_port|server_port)(?!\w))")
_URL = re.compile(
    r"(https?)://((?:\[[^\]]*\]|[^/?#])+?)((?:[/?#]|\$(?:\{?(?:request_uri|uri|document_uri|args|is_args)\b|\d(?![^/?#]*[.:]))).*)?",
    re.DOTALL,
)
_UNIX = re.compile(r"(https?)://(unix:[^:]+)(?::(.*))?", re.DOTALL)
_PORTS = {"http": "80", "https": "443"}
_UNRESOLVED = "unresolved.invalid"  # RFC 6761, 6.4; no resolver is set in the sandbox, so nginx asks nobody
_TIMES = {
    "proxy_connect_timeout": 60,
    "proxy_read_timeout": 60,
    "proxy_send_timeout": 60,
}  # seconds, nginx's defaults
_OF_MAPS = frozenset({"default", "hostnames", "include", "volatile"})  # a map's own words
_SHORTEST = 100  # milliseconds; what is shorter, a busy machine takes for itself
_BY_LUA = "ssl_certificate_by_lua"
_FILE_TESTS = frozenset({"-f", "-d", "-e", "-x", "!-f", "!-d", "!-e", "!-x"})
_ADDRESS = re.compile(r"[0-9a-fA-F.:]+(?:/\d+)?|unix:")


class Back(NamedTuple):
    """A place that a request is passed on to: the `…_pass` that leads there, and the server as the user names it.

    `allows` tells that it answers a subrequest, which asks whether the request may pass.
    """

    number: int
    by: Directive
    server: str
    allows: bool = False


class Harmless(Struct, frozen=True):
    """The text of an http block, the directive that each of its lines comes from, and what was left out of it.

    `definable` are the variables that what was left out may have defined, `emptied` those that nothing defines.
    """

    text: str
    origins: tuple[Directive | None, ...]
    fronts: dict[Spot, int]
    backs: tuple[Back, ...]
    left_out: tuple[Directive, ...]
    definable: frozenset[str]
    emptied: tuple[str, ...] = ()


class Ground(Struct, frozen=True):
    """What the text is written for: a free port for each listener, the upstream's port, a certificate, and what nginx lacks.

    `unknown` are names of directives, `undefined` names of variables, that this nginx does not know. `circumstance` says
    which server is in trouble, and `troubled` is the port of what stands for it.
    """

    front: Callable[[Spot], int]
    back: int
    certificate: str
    head: str = ""
    unknown: frozenset[str] = frozenset()
    undefined: frozenset[str] = frozenset()
    circumstance: Circumstance = SOUND
    troubled: int = 0


def spot(listen: Listen) -> Spot:
    """Return the socket that a `listen` names."""
    return listen.address, listen.port, listen.path


def harmless(model: Model, ground: Ground) -> Harmless:
    """Return this configuration as it may run here."""
    return _Writing(model, ground).whole()


class _Writing(Struct):
    """One text while it is written."""

    model: Model
    ground: Ground
    lines: list[tuple[str, Directive | None]] = field(default_factory=list)
    fronts: dict[Spot, int] = field(default_factory=dict)
    backs: list[Back] = field(default_factory=list)
    hosts: list[tuple[str, str]] = field(default_factory=list)
    missing: list[Directive] = field(default_factory=list)
    defined: dict[str, None] = field(default_factory=dict)
    later: list[str] = field(default_factory=list)
    servers: dict[Directive | None, Server] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    resolving: bool = False

    def whole(self) -> Harmless:
        self.servers = {one.directive: one for one in self.model.servers}
        every = tuple(_every(self.model.http.children))
        self.asked = frozenset(d.arguments[0] for d in every if d.name == "auth_request" and d.arguments)
        self.resolving = not self.model.configuration.whole or self.model.partial
        self._say("http {")
        for line in (*self._times(), *self.ground.head.splitlines(), *self._certificates(every)):
            self._say(line)
        self._inside(self.model.http.children, top=True)
        self._maps()
        self._say("}")
        text = "".join(f"{line}\n" for line, _ in self.lines)
        origins = tuple(origin for _, origin in self.lines)
        return Harmless(
            text, origins, self.fronts, tuple(self.backs), tuple(self.missing), frozenset(self.defined),
            tuple(sorted(self.ground.undefined - self.defined.keys())),
        )  # fmt: skip

    def _certificates(self, every: Sequence[Directive]) -> list[str]:
        """Return certificates for servers whose own come from Lua, or may stand in what could not be read."""
        names = {directive.name for directive in every}
        theirs = self.model.configuration.whole and not any(name.startswith(_BY_LUA) for name in names)
        if theirs or self.model.http.own("ssl_certificate"):
            return []
        return [
            f"ssl_certificate {self.ground.certificate}.pem;",
            f"ssl_certificate_key {self.ground.certificate}.key;",
        ]

    def _times(self) -> list[str]:
        """Return nginx's own time-outs, as much shorter as all are."""
        if self.ground.circumstance.faster <= 1:
            return []
        return [
            f"{name} {self._sooner(seconds)};"
            for name, seconds in _TIMES.items()
            if not self.model.http.own(name)
        ]

    def _sooner(self, seconds: float) -> str:
        return f"{max(_SHORTEST, round(1000 * seconds / self.ground.circumstance.faster))}ms"

    def _say(self, text: str, by: Directive | None = None) -> None:
        self.lines.extend((line, by) for line in text.split("\n"))

    # ---- blocks

    def _inside(self, children: Iterable[Directive], *, top: bool = False, where: str = "") -> None:
        own = tuple(children)
        above, self.resolving = self.resolving, self.resolving or any(d.name == "resolver" for d in own)
        for child in own:
            self._one(child, where)
        self.resolving = above
        set_here = {d.arguments[0].lower() for d in own if d.name == "proxy_set_header" and d.arguments}
        if set_here or top:
            # One below another would take these away; nginx's default Host is $proxy_host.
            self._say(f"proxy_set_header {PASS} $proxy_host;")
            self._say("" if "host" in set_here else "proxy_set_header Host $ws101_proxy_host;")

    def _one(self, directive: Directive, where: str) -> None:
        name = directive.name
        if name in self.ground.unknown:
            self._leave_out(directive)
        elif name in _TIMES and self.ground.circumstance.faster > 1:
            seconds = seconds_of("".join(directive.arguments[:1]))
            text = self._words(directive) if seconds is None else f"{name} {self._sooner(seconds)}"
            self._say(f"{text};", directive)
        elif name == "server" and directive.block is not None:
            self._server(directive)
        elif name in PASSES and wrong(directive) is None:
            self._pass(directive, where)
        elif name in PASSES:
            self._say(f"{self._words(directive)};", directive)  # nginx says what is wrong, and does not start
        elif name in _SPECIAL:
            for text in _SPECIAL[name](self, directive):
                self._say(text, directive)
        elif directive.block is not None and name in KEPT_TABLES:
            self._table(directive)
        elif directive.block is not None and name in KEPT_BLOCKS:
            self._block(directive)
        elif directive.block is None and kept(name) and not _climbs(directive):
            self._say(f"{self._words(directive)};", directive)
        elif not replaced(name):
            self._leave_out(directive)

    def _leave_out(self, directive: Directive) -> None:
        self.missing.append(directive)
        words = (word.text for one in _every((directive,)) for word in one.words)
        self.defined |= {word[1:]: None for word in words if re.fullmatch(r"\$\w+", word)}

    def _server(self, directive: Directive) -> None:
        self._say("server {", directive)
        for text, by in self._listens(self.servers[directive]):
            self._say(text, by)
        self._inside(directive.children())
        self._say("}")

    def _listens(self, server: Server) -> Iterator[tuple[str, Directive | None]]:
        """Yield the listeners; without any, nginx would listen on every address."""
        over_tcp = [listen for listen in server.listens if "quic" not in listen.options]
        self.missing += [one.directive for one in server.listens if one not in over_tcp and one.directive]
        for listen in over_tcp or [Listen(None, 0, path=f"none-{len(self.lines)}")]:
            port = self.fronts.setdefault(spot(listen), self.ground.front(spot(listen)))
            words = listen.directive.arguments[1:] if listen.directive else ()
            options = [word for word in words if word in _LISTEN_OPTIONS]
            yield f"{' '.join((f'listen 127.0.0.1:{port}', *options))};", listen.directive or server.directive

    def _block(self, directive: Directive) -> None:
        self._say(f"{self._words(directive)} {{", directive)
        where = directive.arguments[-1] if directive.name == "location" and directive.arguments else ""
        self._inside(directive.children(), where=where)
        self._say("}")

    def _table(self, directive: Directive) -> None:
        self._say(f"{self._words(directive)} {{", directive)
        for child in directive.children():
            if child.name != "include":  # one that was not read; nginx would look for it
                self._say(f"{self._words(child)};", child)
        self._say("}")

    def _words(self, directive: Directive) -> str:
        """Return the words as they are written; a test for a file looks below the prefix."""
        text = directive.file.text
        written = [text[word.start : word.end] for word in directive.words]
        if directive.name == "if" and _FILE_TESTS & {word.text.lstrip("(") for word in directive.words}:
            written = [f"html{word}" if word.startswith("/") else word for word in written]
        return " ".join(map(_ours, written))

    # ---- upstreams

    def _pass(self, directive: Directive, where: str) -> None:
        number = len(self.backs)
        target = directive.arguments[0] if directive.arguments else ""
        server, host, port, rest = target, f"ws101_{number}", "", ""
        if directive.name == "proxy_pass":
            server, host, port, rest = self._target(number, target)
        self.hosts.append((host, port))
        back = Back(number, directive, server, where in self.asked)
        self.backs.append(back)
        ours = f"ws101_{number}"
        if "$" in server and (rest[:1] in {"", "/", "?"} or rest.startswith("$ws101_uri_")):
            ours = self._named(back, host if host.startswith("$ws101_host_") else server)
        self._say(f"proxy_pass {quoted(f'{self._scheme(back, target)}://{ours}{_ours(rest)}')};", directive)

    def _scheme(self, back: Back, target: str) -> str:
        """Return the user's own scheme where it is what is tried; else every upstream here speaks plain HTTP."""
        tried = self.ground.circumstance.state in {State.TLS, State.PLAIN} and self._troubled(back)
        return "https" if tried and target.startswith("https:") else "http"

    def _troubled(self, back: Back) -> bool:
        return self.ground.circumstance.concerns(back.server, asked=back.allows)

    def _named(self, back: Back, server: str) -> str:
        """Return what leads to our upstream where a variable names a server: nginx answers 500 where it names none.

        It answers 502 where a name is to be looked up and there is no resolver. What stands behind must not begin with a
        name, for it would be the server's then.
        """
        name, ours = f"$ws101_up_{back.number}", f"ws101_{back.number}"
        entries = f'"" ""; default {ours};'
        unnamed = self.ground.circumstance.state is State.UNNAMED and self._troubled(back)
        if unnamed or not self.resolving:
            words = (f"\\{one}" if one in _OF_MAPS else one for one in self._known_names())
            known = "".join(f" {quoted(one)} {ours};" for one in words)
            literal = rf'"~^(?:\d+(?:\.\d+){{3}}|\[.*\])(?::\d+)?$" {ours}; "~^unix:" {ours};'
            entries = f'"" ""; default {_UNRESOLVED}; {literal}{known}'
        self.later.append(f"map {quoted(_ours(server))} {name} {{ volatile; {entries} }}")
        return name

    def _known_names(self) -> Iterator[str]:
        """Yield the names that nginx knows without looking them up: of `upstream` blocks, and of a URL without variables."""
        plain = (
            _URL.fullmatch(d.arguments[0]) for d in _every(self.model.http.children)
            if d.name == "proxy_pass" and d.arguments and "$" not in d.arguments[0]
        )  # fmt: skip
        named = (
            name for found in plain if found
            for name in (found[2], found[2].removesuffix(f":{_PORTS[found[1]]}"), f"{found[2]}:{_PORTS[found[1]]}")
        )  # fmt: skip
        yield from dict.fromkeys(name.lower() for name in (*self.model.upstreams, *named))

    def _target(self, number: int, target: str) -> tuple[str, str, str, str]:
        """Return the server as the user names it, what $proxy_host and $proxy_port are, and what stands behind it."""
        if match := _UNIX.fullmatch(target):
            return match[2], "localhost", "", match[3] or ""
        if match := _URL.fullmatch(target):
            host, port = match[2], ""
            if with_port := re.fullmatch(r"(.+):(\d+)", host):
                host, port = with_port[1], with_port[2]
            shown = host if port in {"", _PORTS[match[1]]} else match[2]
            return match[2], shown, port or _PORTS[match[1]], match[3] or ""
        self._dynamic(number, target)
        return target, f"$ws101_host_{number}", "", f"$ws101_uri_{number}"

    def _dynamic(self, number: int, target: str) -> None:
        """Take a URL apart that is known to a running nginx alone."""
        self.later.append(
            f'map {quoted(target)} $ws101_host_{number} {{ volatile; "~^https?://(?<ws101_h{number}>[^/?#]+)" $ws101_h{number}; }}\n'
            f'map {quoted(target)} $ws101_uri_{number} {{ volatile; "~^https?://[^/?#]+(?<ws101_u{number}>[/?#].*)$" $ws101_u{number}; }}'
        )

    def _maps(self) -> None:
        for text in self.later:
            self._say(text)
        for back in self.backs:
            port = self.ground.troubled if self.ground.troubled and self._troubled(back) else self.ground.back
            self._say(f"upstream ws101_{back.number} {{ server 127.0.0.1:{port}; }}")
        hosts = [f"ws101_{n} {_value(host)};" for n, (host, _) in enumerate(self.hosts)]
        ports = [f"ws101_{n} {_value(port)};" for n, (_, port) in enumerate(self.hosts)]
        fronts = [f"{mine} {theirs[1]};" for theirs, mine in self.fronts.items()]
        for source, entries in (("proxy_host", hosts), ("server_port", fronts)):
            self._say(f"map ${source} $ws101_{source} {{ volatile; {' '.join(entries)} }}")
        self._say(f"map $proxy_host $ws101_proxy_port {{ volatile; {' '.join(ports)} }}")
        for name in sorted(self.ground.undefined):
            self._say(f'map $host ${name} {{ default ""; }}')


# ---- directives that stay, but not as they are


def _certificate(writing: _Writing, _: Directive) -> list[str]:
    return [f"ssl_certificate {writing.ground.certificate}.pem;"]


def _certificate_key(writing: _Writing, _: Directive) -> list[str]:
    return [f"ssl_certificate_key {writing.ground.certificate}.key;"]


def _verify(writing: _Writing, directive: Directive) -> list[str]:
    """Nobody here has a certificate that the user's authority signed."""
    writing.missing.append(directive)
    return []


def _real_ip(writing: _Writing, directive: Directive) -> list[str]:
    if _ADDRESS.fullmatch(directive.arguments[0]):
        return [f"set_real_ip_from {directive.arguments[0]};"]
    writing.missing.append(directive)  # a name, which would be looked up
    return []


def _cache_path(writing: _Writing, directive: Directive) -> list[str]:
    number = len(writing.lines)
    rest = " ".join(directive.file.text[word.start : word.end] for word in directive.words[2:])
    return [f"proxy_cache_path cache_{number} {rest};"]


_SPECIAL: dict[str, Callable[[_Writing, Directive], list[str]]] = {
    "ssl_certificate": _certificate,
    "ssl_certificate_key": _certificate_key,
    "ssl_verify_client": _verify,
    "ssl_client_certificate": lambda _, __: [],
    "set_real_ip_from": _real_ip,
    "auth_basic_user_file": lambda _, __: ["auth_basic_user_file passwords;"],
    "root": lambda _, __: ["root html;"],
    "alias": lambda _, __: ["alias html/;"],
    "proxy_cache_path": _cache_path,
}


def foreign(name: str) -> bool:
    """Whether a variable comes from a module that not every nginx has."""
    return (
        re.fullmatch(
            r"geoip2?_\w+|jwt_\w+|upstream_jwt\w*|brotli_ratio|otel_\w+|modsecurity_\w+|vts_\w+|nchan_\w+",
            name,
        )
        is not None
    )


def _climbs(directive: Directive) -> bool:
    """Whether a name of a file would lead out of the root."""
    return directive.name in {"try_files", "index"} and any(
        "/.." in f"/{word}" for word in directive.arguments
    )


def _ours(text: str) -> str:
    """Let variables that tell of our ports and upstreams be the user's."""
    return _OURS.sub(lambda match: f"${{ws101_{match[1] or match[2]}}}", text)


def _every(directives: Iterable[Directive]) -> Iterator[Directive]:
    for directive in directives:
        yield directive
        yield from _every(directive.children())


def _value(text: str) -> str:
    """Return a map's value; a backslash before what a map takes for a parameter is not needed in quotation marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
