"""What the blocks of a configuration are: servers, locations, maps, upstreams, and the levels that settings come down from.

Built once from a Configuration; knows no request.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from ws101.nginx.arity import wrong
from ws101.nginx.include import Configuration
from ws101.nginx.listen import Listen, Socket, Sockets, read_listen
from ws101.nginx.pattern import beginning
from ws101.nginx.tree import Directive, Trouble, flattened, walk

REWRITES = frozenset({"rewrite", "return", "set", "break", "if"})
PASSES = frozenset({"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"})
_BLOCKS = frozenset({"http", "server", "location", "if", "limit_except"})
_NGINX_OWN = frozenset({"args", "limit_rate"})  # a `set` changes the request itself
_GROUP = re.compile(r"\(\?P?[<'](?![=!])(\w+)[>']")
_LOCATION = re.compile(r"(=|\^~|~\*|~)?(.*)", re.DOTALL)


class Level:
    """A block in which settings stand, and the level that they come down to it from."""

    def __init__(
        self, kind: str, directive: Directive | None, parent: "Level | None", children: tuple[Directive, ...]
    ) -> None:
        self.kind, self.directive, self.parent = kind, directive, parent
        self.children = tuple(child for child in children if wrong(child) is None)
        self.by_name: dict[str, list[Directive]] = {}
        for child in self.children:
            self.by_name.setdefault(child.name, []).append(child)

    def __repr__(self) -> str:
        return f"<{self.kind} at {self.directive.place if self.directive else '-'}>"

    def own(self, name: str) -> list[Directive]:
        """Return the directives of this name that stand in this very block."""
        return self.by_name.get(name, [])

    def owner(self, name: str) -> "Level | None":
        """Return the nearest level that has directives of this name."""
        level: Level | None = self
        while level is not None and name not in level.by_name:
            level = level.parent
        return level

    def nearest(self, name: str) -> list[Directive]:
        """Return the directives of this name at the nearest level that has any: one below replaces all above."""
        owner = self.owner(name)
        return owner.by_name[name] if owner else []

    def setting(self, name: str, default: str) -> str:
        """Return the first argument of the setting in force."""
        found = self.nearest(name)
        return (found[0].arguments or ("",))[0] if found else default

    def lineage(self) -> Iterator["Level"]:
        """Yield this level and those above it."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.parent

    @cached_property
    def script(self) -> tuple[Directive, ...]:
        """The directives of the rewrite module in this block, in their order."""
        return tuple(child for child in self.children if child.name in REWRITES)

    @cached_property
    def handler(self) -> Directive | None:
        """What answers here: the `…_pass` or another handler of this very block."""
        return next((child for child in self.children if child.name in PASSES), None)

    def condition(self, directive: Directive) -> "Level":
        """Return the level of an `if` of this block."""
        return self._conditions[directive]

    @cached_property
    def _conditions(self) -> dict[Directive, "Level"]:
        return {d: Level("if", d, self, tuple(d.children())) for d in self.children if d.name == "if"}

    @cached_property
    def limited(self) -> "Level | None":
        """The level of this block's `limit_except`."""
        found = self.own("limit_except")
        return Level("limit_except", found[0], self, tuple(found[0].children())) if found else None

    @cached_property
    def locations(self) -> "Locations":
        """The locations that stand in this block."""
        own = self.own("location")
        return Locations([Location(d, self) for d in own]) if own else _NO_LOCATIONS


class Location(Level):
    """A location: how it matches (`=`, `^~`, `~`, `~*`, `@`, or empty for a prefix), and what."""

    def __init__(self, directive: Directive, parent: Level) -> None:
        super().__init__("location", directive, parent, tuple(directive.children()))
        arguments = directive.arguments
        if len(arguments) >= 2:
            self.modifier, self.path = arguments[0], arguments[1]
        else:
            match = _LOCATION.fullmatch(arguments[0] if arguments else "")
            assert match
            self.modifier, self.path = match[1] or "", match[2]
        if not self.modifier and self.path.startswith("@"):
            self.modifier = "@"

    @property
    def is_regex(self) -> bool:
        return self.modifier in {"~", "~*"}

    @cached_property
    def beginning(self) -> str:
        """With what every path begins that its regular expression matches: most are told apart by it."""
        found = beginning(self.path)
        return found.lower() if self.modifier == "~*" else found

    @property
    def redirects_to_slash(self) -> bool:
        """Whether the path without its last slash is answered 301 (ngx_http_core_module, auto_redirect)."""
        return self.path.endswith("/") and self.handler is not None and not self.is_regex


class Locations:
    """The locations of one block, by how they match."""

    def __init__(self, every: list[Location]) -> None:
        self.every = every
        self.exact = {one.path: one for one in every if one.modifier == "="}
        self.prefixes = {one.path: one for one in every if one.modifier in {"", "^~"}}
        self.regexes = tuple(one for one in every if one.is_regex)
        self.named = {one.path: one for one in every if one.modifier == "@"}

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of the prefixes, the longest first."""
        return tuple(sorted({len(path) for path in self.prefixes}, reverse=True))


_NO_LOCATIONS = Locations([])  # one for all blocks that hold none, which most are


def every_location(level: Level) -> Iterator[Location]:
    """Yield the locations in a block, and those in these."""
    for location in level.locations.every:
        yield location
        yield from every_location(location)


class Server(Level):
    """A virtual server: where it listens, and its names."""

    def __init__(self, directive: Directive, http: Level) -> None:
        super().__init__("server", directive, http, tuple(directive.children()))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in their order; none is the empty name, as in nginx."""
        names = tuple(name for d in self.own("server_name") for name in d.arguments)
        return names or ("",)

    @property
    def own_name(self) -> str:
        """The first name, which `$server_name` is."""
        return self.names[0].removeprefix(".")

    @cached_property
    def listens(self) -> tuple[Listen, ...]:
        """Where it listens; without any `listen` it is port 80 of every address."""
        return tuple(read_listen(d) for d in self.own("listen")) or (Listen(None, 80),)


class Variables(NamedTuple):
    """What defines variables at the http level."""

    maps: dict[str, Directive]
    geos: dict[str, Directive]
    others: dict[str, Directive]
    assigned: frozenset[str]


class Model(Struct, frozen=True, eq=False, dict=True):
    """A configuration that is understood as far as HTTP goes; `troubles` are those of the reading and of the model."""

    configuration: Configuration
    http: Level
    servers: tuple[Server, ...]
    streams: tuple[Directive, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether what it lacks may stand in what was not given or not read."""
        return self.http.directive is None or not self.configuration.whole

    @cached_property
    def _sockets(self) -> Sockets:
        return Sockets(self.servers)

    def socket(self, address: str | None, port: int) -> Socket | None:
        """Return the socket that a connection to this address and port meets, always the same one."""
        return self._sockets.at(address, port)

    @cached_property
    def variables(self) -> Variables:
        """The variables that `map`, `geo` and others define, by name without `$`."""
        maps = {_variable(d.arguments[1]): d for d in self.http.own("map") if len(d.arguments) == 2}
        geos = {_variable(d.arguments[-1]): d for d in self.http.own("geo") if d.arguments}
        others = {
            _variable(d.arguments[-1]): d
            for name in ("split_clients", "js_set", "perl_set", "keyval", "auth_jwt_claim_set", "js_var")
            for d in self.http.own(name)
            if d.arguments
        }
        return Variables(maps, geos, others, frozenset(self._assigned()) - _NGINX_OWN)

    def _assigned(self) -> Iterator[str]:
        """Yield what `set` and the groups of regular expressions assign."""
        for directive in walk(self.configuration.main.directives):
            if directive.name == "set" and len(directive.texts) == 3:
                yield _variable(directive.texts[1])
            for text in directive.texts:
                if "(?" in text:
                    yield from (match[1] for match in _GROUP.finditer(text))

    @cached_property
    def upstreams(self) -> dict[str, Directive]:
        """The `upstream` blocks by name, lower-cased as host names are."""
        return {d.arguments[0].lower(): d for d in self.http.own("upstream") if d.arguments}


def understand(configuration: Configuration) -> Model:
    """Return the model of a configuration. A file that holds servers alone, as in conf.d, counts as an http block."""
    top = tuple(flattened(configuration.main.directives))
    https = [d for d in top if d.name == "http" and d.block is not None]
    inside = tuple(child for d in https for child in d.children()) if https else top
    http = Level("http", https[0] if https else None, None, inside)
    servers = tuple(Server(d, http) for d in inside if d.name == "server" and d.block is not None)
    streams = tuple(d for d in top if d.name == "stream")
    return Model(configuration, http, servers, streams, (*configuration.troubles, *_malformed(top)))


def _malformed(directives: Iterable[Directive]) -> Iterator[Trouble]:
    """Yield what is wrong with directives that stop nginx, which the model leaves out."""
    for directive in directives:
        if (what := wrong(directive)) is not None:
            yield Trouble(directive.place, what)
        elif directive.block is not None and directive.name in _BLOCKS:
            yield from _malformed(directive.children())


def _variable(word: str) -> str:
    return word.lstrip("$")
