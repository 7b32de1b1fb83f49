"""The signs in a configuration by which a location is known to serve WebSockets; asks for no request."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice

from ws101.nginx.model import PASSES, Level, Location, Model, Server, every_location
from ws101.nginx.tree import Directive

# Words of paths and of upstreams' names that stand for WebSockets, alone or as a part between other characters.
_WORDS = frozenset(
    {"ws", "wss", "websocket", "websockets", "websockify", "socket", "sockets", "sock", "sockjs", "cable", "actioncable", "hubs", "wamp",
     "stomp", "hmr", "livereload"}
)  # fmt: skip
# Words of what has sockets and other paths, too: where a location of this word sets Upgrade, the others are held for these.
_SOFT = frozenset(
    {"hub", "signalr", "blazor", "notifications", "realtime", "centrifugo", "centrifuge", "channels", "mqtt", "novnc", "vnc", "xterm", "wetty",
     "ttyd", "janus", "hocuspocus", "subscriptions", "collab", "reverb", "soketi"}
)  # fmt: skip
# Products whose socket has a path without such a word.
_PRODUCTS = {
    "/push/": "Nextcloud's notify_push",
    "/api/live/": "Grafana Live",
    "/api/kernels/": "Jupyter's kernels",
    "/live": "Phoenix LiveView",
    "/app/": "Pusher's protocol",
    "/_stream": "Streamlit",
    "/_stcore/stream": "Streamlit",
    "/terminals": "Jupyter's terminals",
    "/queue/join": "Gradio",
    "/xmpp": "XMPP",
    "/remote/": "Guacamole",
    "/api/v4/websocket": "Mattermost",
    "/streaming": "Mastodon",
    "/api/v1/streaming": "Mastodon",
}
_WORD = re.compile(r"[A-Za-z]+|\d+")
_HOST = re.compile(r"\w+://([^/]*)")


def sign_of(location: Location, model: Model) -> str | None:
    """Return why this location is held for one of WebSockets, None where nothing says so."""
    if passing(location) is None:
        return None
    return _sets_upgrade(location) or _by_name(location) or _meant_for(location, model)


def made_for(server: Server, path: str, model: Model) -> Location | None:
    """Return the location that is made for the sockets of a path: of those whose own begins it and that bear a sign, the longest."""
    fitting = [
        location
        for location in every_location(server)
        if location.modifier in {"", "^~", "="} and path.startswith(location.path)
    ]
    ranked = sorted(fitting, key=lambda location: len(location.path), reverse=True)
    return next((location for location in ranked if sign_of(location, model)), None)


def passing(location: Level) -> Directive | None:
    """Return the `…_pass` of a location, or of an `if` in it."""
    if location.handler is not None:
        return location.handler
    inner = (child for block in location.own("if") for child in block.children())
    return next((child for child in inner if child.name in PASSES), None)


def _sets_upgrade(location: Location) -> str | None:
    lines = [*location.own("proxy_set_header")]
    lines += [
        child
        for block in location.own("if")
        for child in block.children()
        if child.name == "proxy_set_header"
    ]
    line = next((line for line in lines if _about_upgrade(line)), None)
    return f"{line.text.rstrip(';')!r} stands in its location ({line.place})" if line else None


def _about_upgrade(line: Directive) -> bool:
    """Whether a proxy_set_header is there for an upgrade: it sets Upgrade, or a Connection that follows it."""
    name, value = (*line.arguments, "", "")[:2]
    if name.lower() == "upgrade":
        return bool(value)
    return name.lower() == "connection" and "upgrade" in value.lower()


def _by_name(location: Location) -> str | None:
    """Say which word of its path or of its upstream's name stands for WebSockets."""
    path, upstream = _words(_path(location)), _words(_upstream(location))
    for words, said in (
        (path, f"its path {location.path}"),
        (upstream, f"{_upstream(location)}, which it is passed on to,"),
    ):
        if known := sorted(words & _WORDS):
            return f"{said} has the word {known[0]!r}"
        if (known := sorted(words & _SOFT)) and not _told_by_another(location, known[0]):
            return f"{said} has the word {known[0]!r}"
    for known_path, product in _PRODUCTS.items():
        if not location.is_regex and location.path.rstrip("/") == known_path.rstrip("/"):
            return f"{product} has its socket at {known_path}"
    return None


def _path(location: Location) -> str:
    """Return the path, nothing for one of files."""
    files = re.search(r"\.(?:js|css|php)\b|\\\.", re.sub(r"socket\\?\.io", "", location.path))
    return "" if files else location.path


def _upstream(location: Location) -> str:
    """Return the host or the name that it is passed on to."""
    handler = passing(location)
    host = _HOST.match((handler.arguments or ("",))[0]) if handler else None
    return host[1] if host else ""


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _told_by_another(location: Location, word: str) -> bool:
    """Whether a location of the same server has the word, too, and passes upgrades on: this one may be for plain requests."""
    server = next((level for level in location.lineage() if level.kind == "server"), location)
    return any(other is not location.directive for other in _words_with_upgrade(server).get(word, ()))


@lru_cache(maxsize=64)  # else a server's locations would be gone through for each of them
def _words_with_upgrade(server: Level) -> Mapping[str, list[Directive | None]]:
    """Return the words of the locations that set Upgrade, each with these locations."""
    found: dict[str, list[Directive | None]] = {}
    for location in every_location(server):
        for word in _words(location.path) | _words(_upstream(location)) if _sets_upgrade(location) else ():
            found.setdefault(word, []).append(location.directive)
    return found


def _meant_for(location: Location, model: Model) -> str | None:
    """Say that lines of an outer block set Upgrade: for the locations that they come down to, or, if for none, for all."""
    above = [
        line for level in _outer(location) for line in level.own("proxy_set_header") if _about_upgrade(line)
    ]
    if not above:
        return None
    line = above[0]
    if line in location.nearest("proxy_set_header"):
        return f"{line.text.rstrip(';')!r} comes down to it ({line.place})"
    owner = next(level for level in _outer(location) if line in level.own("proxy_set_header"))
    if any(other is not location.directive for other in _two_sockets(owner, line, model)):
        return None
    return f"{line.text.rstrip(';')!r} stands above it ({line.place}), and comes down to no location"


@lru_cache(maxsize=64)
def _two_sockets(owner: Level, line: Directive, model: Model) -> tuple[Directive | None, ...]:
    """Return the first two locations of this block that the line comes down to, or that bear another sign."""
    return tuple(islice((one.directive for one in _below(owner, model) if _is_socket(one, line)), 2))


def _is_socket(other: Location, line: Directive) -> bool:
    if passing(other) is None:
        return False
    return line in other.nearest("proxy_set_header") or bool(_sets_upgrade(other) or _by_name(other))


def _outer(location: Location) -> Iterator[Level]:
    if location.parent is not None:
        yield from location.parent.lineage()


def _below(level: Level, model: Model) -> Iterator[Location]:
    for one in model.servers if level.kind == "http" else (level,):
        yield from every_location(one)
