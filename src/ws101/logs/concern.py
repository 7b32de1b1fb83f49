"""Which records tell of a handshake: by what they say of it, by a path that is known or looks so, by our probe's mark.

Learns paths from records that are sure to tell of one. Knows no format, and judges no handshake.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from ws101.logs.entry import Entry, Told
from ws101.signature import Says
from ws101.terms import Hop

_MOST = 1024  # paths that are learned; a path with an identifier in it would otherwise fill the memory
# Names under which WebSockets are served by habit, and nothing else: Rails, SignalR, SockJS, MQTT, webpack.
_LOOKS_SO = re.compile(
    r"(?:^|[/_.-])(?:wss?|web-?sockets?|sockets?|cable|signalr/connect|mqtt|webpack-hmr)(?=$|[/_.-])",
    re.IGNORECASE,
)
_UPGRADES = frozenset({101, 426})
_ABOUT_CONNECTIONS = frozenset(
    {
        Says.PLAIN_HTTP_TO_TLS,
        Says.TLS_TO_PLAIN,
        Says.PROXY_PROTOCOL,
        Says.CLIENT_CERTIFICATE_MISSING,
        Says.CLIENT_CERTIFICATE_BAD,
    }
)


class Concern:
    """What is asked of logs: `paths` and `hosts` of handshakes that are asked for, if not all are, and our own probes' `mark`.

    All handshakes are read, for what is not asked for is to be joined to its own. Paths that are learned hold for all
    readers that share this value.
    """

    def __init__(self, paths: Iterable[str] = (), hosts: Iterable[str] = (), mark: str = "") -> None:
        self.paths: set[str] = set()
        self._below: dict[str, list[str]] = {}
        self.asked = frozenset(bare(path) for path in paths if path)
        for path in self.asked:
            self._know(path)
        self._hosts = frozenset(host.lower() for host in hosts if host)
        self.mark = mark

    def asks_for(self, entries: Iterable[Entry]) -> bool:
        """Return whether these are records of a handshake that is asked for.

        One of them names such a path, or none names any, and so for hosts: proxies change both on the way.
        """
        told = tuple(entries)
        paths = {bare(entry.path) for entry in told if entry.path}
        hosts = {
            _without_port(host) for entry in told if (host := entry.host or entry.headers.get("host", ""))
        }
        return _met(self.asked, paths) and _met(self._hosts, hosts)

    def learn(self, entry: Entry, *, sure: bool = False) -> None:
        """Take this entry's path for a WebSocket's, where the entry is sure to tell of a handshake.

        Not the root: pages are asked for there as well.
        """
        if len(self.paths) < _MOST and (sure or is_handshake(entry)):
            path = bare(entry.path)
            if path != "/":
                self._know(path)

    def _know(self, path: str) -> None:
        if path not in self.paths:
            self.paths.add(path)
            above = path.rpartition("/")[0]
            self._below.setdefault(f"{above}/" if above else path, []).append(path)

    def tells(self, entry: Entry) -> bool:
        """Return whether an entry tells of a handshake."""
        if self.mark and self.mark in entry.identity.get("probe", ""):
            return True
        if not entry.path:
            return entry.told is not Told.ANSWERED or is_handshake(entry) or not entry.method
        if bare(entry.path) in self.paths:
            return not _is_polling(entry.path)
        if entry.hop is Hop.SERVER and (entry.status or 0) >= 400 and self._ends(bare(entry.path)):
            return True  # a proxy may have taken its beginning away, which the server then does not know
        return is_handshake(entry) or looks_so(entry.path)

    def _ends(self, path: str) -> bool:
        """Return whether a path of two segments or more is the end of one that is known."""
        return path.count("/") > 1 and any(known.endswith(path) for known in self.paths)

    def worth(self, text: str) -> bool:
        """Return whether a line may tell of a handshake by a path or a mark in it; what a format's `signs` tell is beside."""
        if self.mark and self.mark in text:
            return True
        for above, paths in self._below.items():  # this is asked of every line, and rooms come by the hundred
            if above in text and any(path in text for path in paths):
                return True
        return _may_look_so(text)


@lru_cache(8192)
def bare(path: str) -> str:
    """Return a path without its query and a slash at its end."""
    path = path.partition("?")[0]
    return path.rstrip("/") or "/"


def is_handshake(entry: Entry) -> bool:
    """Return whether an entry tells of a handshake by its own words, at whatever path."""
    if entry.told in {Told.MEANT, Told.ENDED} or entry.status in _UPGRADES or entry.identity.get("key"):
        return True
    if entry.identity.get("probe") or entry.scheme in {"ws", "wss"}:
        return True
    if "websocket" in entry.agent.lower():  # a library's own name, as in `Python/3.11 websockets/15.0`
        return True
    upgrade, connection = entry.headers.get("upgrade", ""), entry.headers.get("connection", "")
    if "websocket" in upgrade.lower() or "upgrade" in connection.lower():
        return True
    return not entry.path and entry.says in _ABOUT_CONNECTIONS


@lru_cache(4096)
def looks_so(path: str) -> bool:
    """Return whether a path looks like a WebSocket's."""
    target, _, query = path.partition("?")
    if "transport=" in query:
        return "transport=websocket" in query
    return _LOOKS_SO.search(target) is not None


HINTS = (
    "ocket",
    "OCKET",
    "/ws",
    "_ws",
    "-ws",
    ".ws",
    "/WS",
    "cable",
    "signalr",
    "mqtt",
    "-hmr",
    "transport=",
)


def _may_look_so(text: str) -> bool:
    for hint in HINTS:  # noqa: SIM110 - any() takes twice as long
        if hint in text:
            return True
    return False


def _is_polling(path: str) -> bool:
    return "transport=polling" in path


def _met(asked: frozenset[str], named: set[str]) -> bool:
    return not asked or not named or not asked.isdisjoint(named)


def _without_port(host: str) -> str:
    host = host.lower()
    return host if host.endswith("]") else host.rpartition(":")[0] or host
