"""Logs of containers, by the Docker Engine API over its socket, as `docker logs` reads them: both streams, since, follow.

Each line leaves here as a Kubernetes runtime would write it (`TIME STREAM F line`), so that its time and its stream stay
with it. Knows no format of what is inside.
"""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from msgspec import Struct, field

from ws101.errors import Unavailable

_SOCKET = "/var/run/docker.sock"
_PATIENCE = 10.0  # seconds for an answer of the engine; a log that is followed may be silent for longer
_LOOK_AGAIN = 0.5  # seconds; a container that stopped may be started again
_HEADER = 8  # bytes before each piece of a log without a terminal: stream, three zeros, length
_PIECE = 1 << 16  # bytes read at once
_STREAMS = {0: b"stdin", 1: b"stdout", 2: b"stderr"}
_LONGEST = 1 << 20  # bytes of a line without an end, after which it is handed on as it is
_SERVICE, _PROJECT = "com.docker.compose.service", "com.docker.compose.project"


class Container(Struct, frozen=True):
    """One container; `terminal` says that it has one, so that its streams are not told apart."""

    id: str
    name: str
    terminal: bool = False


class Engine(Struct):
    """One Docker engine; `address` is DOCKER_HOST's value."""

    address: str = f"unix://{_SOCKET}"
    _opened: list[http.client.HTTPConnection] = field(default_factory=list)
    _closed: threading.Event = field(default_factory=threading.Event)

    def container(self, name: str) -> Container:
        """Return the container of this name or id. Raise Unavailable where there is none, or no engine."""
        found = self._ask(f"/containers/{quote(name, safe='')}/json", f"the container {name}")
        terminal = bool(found.get("Config", {}).get("Tty"))
        return Container(found["Id"], found["Name"].lstrip("/"), terminal)

    def service(self, name: str, project: str = "") -> tuple[Container, ...]:
        """Return the containers of a compose service, stopped ones too; of one project where it is named."""
        labels = [f"{_SERVICE}={name}", *([f"{_PROJECT}={project}"] if project else [])]
        query = urlencode({"all": "1", "filters": json.dumps({"label": labels})})
        found = self._ask(f"/containers/json?{query}", f"the compose service {name}")
        return tuple(self.container(one["Id"]) for one in found)

    def lines(
        self,
        container: Container,
        *,
        since: float | None = None,
        tail: int | None = None,
        follow: bool = False,
    ) -> Iterator[bytes]:
        """Yield pieces of whole lines of a container's log, oldest first; with `follow` until it is closed."""
        wanted: dict[str, str] = {"stdout": "1", "stderr": "1", "timestamps": "1"}
        if since is not None:
            wanted["since"] = f"{since:.9f}"
        if tail is not None:
            wanted["tail"] = str(tail)
        if follow:
            wanted["follow"] = "1"
        path = f"/containers/{container.id}/logs?{urlencode(wanted)}"
        connection, answer = self._get(path, f"the log of {container.name}", None if follow else _PATIENCE)
        try:
            pieces = _plain(answer) if container.terminal else _parted(answer)
            yield from _as_lines(pieces)
        except (OSError, http.client.HTTPException):  # the engine went away, or `close` ended it
            if not follow:
                do = "Read it again, or look at what the engine says."
                raise Unavailable(f"the whole log of {container.name} (it broke off)", do) from None
        finally:
            connection.close()
            if connection in self._opened:
                self._opened.remove(connection)

    def followed(self, container: Container, told: Callable[[str], None] = lambda _: None) -> Iterator[bytes]:
        """Yield pieces of what a container logs from now on, also once it is started again, until `close`.

        It is `told` that the container does not run. Raise Unavailable when it is gone.
        """
        begun = self._state(container).get("StartedAt")
        yield from self.lines(container, tail=0, follow=True)
        while state := self._running(container, told):
            if state.get("StartedAt") == begun:
                return  # the engine ended it
            begun = state.get("StartedAt")
            # StartedAt is set some milliseconds after the first lines.
            yield from self.lines(container, since=_seconds(state.get("FinishedAt")), follow=True)

    def _running(self, container: Container, told: Callable[[str], None]) -> Mapping[str, Any]:
        """Wait until a container runs, and return its state; nothing once this engine was closed."""
        said = False
        while not self._closed.is_set():
            try:
                state = self._state(container)
            except (OSError, http.client.HTTPException):
                break  # `close` ended it
            if state.get("Running"):
                return state
            if not said:
                told(f"docker:{container.name} does not run; what it writes once it is started will be shown")
                said = True
            self._closed.wait(_LOOK_AGAIN)
        return {}

    def _state(self, container: Container) -> Mapping[str, Any]:
        state: Mapping[str, Any] = self._ask(
            f"/containers/{container.id}/json", f"the container {container.name}"
        ).get("State", {})
        return state

    def close(self) -> None:
        """End every log that is being followed, from any thread."""
        self._closed.set()
        for connection in tuple(self._opened):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _ask(self, path: str, what: str) -> Any:
        connection, answer = self._get(path, what, _PATIENCE)
        try:
            return json.loads(answer.read())
        except ValueError:
            raise Unavailable(what, f"What answers at {self.address} is no Docker engine.") from None
        finally:
            connection.close()
            self._opened.remove(connection)

    def _get(
        self, path: str, what: str, patience: float | None
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = self._connection(patience)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            why = getattr(error, "strerror", None) or type(error).__name__
            do = "Start it, give its address in DOCKER_HOST, or ask for permission to use its socket."
            raise Unavailable(f"the Docker engine at {self.address} ({why})", do) from None
        if answer.status != 200:
            said = _message(answer.read(4096)) or f"it answers {answer.status}"
            connection.close()
            raise Unavailable(f"{what} ({said})", "`docker ps -a` names what is there.")
        self._opened.append(connection)
        return connection, answer

    def _connection(self, patience: float | None) -> http.client.HTTPConnection:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            return _OverSocket(parts.path or _SOCKET, patience)
        if parts.scheme in {"tcp", "http"} and parts.hostname:
            return http.client.HTTPConnection(parts.hostname, parts.port or 2375, timeout=patience)
        do = "Give one that begins with unix:// or tcp://, or pipe: docker logs NAME 2>&1 | ws101 logs -"
        raise Unavailable(f"a Docker engine at {self.address}", do)


def named(there: Engine, source: str) -> tuple[Container, ...]:
    """Return the containers of `docker:NAME`, `compose:SERVICE` or `compose:PROJECT/SERVICE`.

    Raise Unavailable where there is none.
    """
    kind, _, name = source.partition(":")
    if kind == "docker":
        return (there.container(name),)
    project, _, service = name.rpartition("/")
    found = there.service(service, project)
    if not found:
        raise Unavailable(
            f"a container of the compose service {name}", "`docker compose ps --all` names what is there."
        )
    return found


def engine(environ: Mapping[str, str]) -> Engine:
    """Return the engine that the environment names, as the docker command would."""
    return Engine(environ.get("DOCKER_HOST") or f"unix://{_SOCKET}")


class _OverSocket(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, patience: float | None) -> None:
        super().__init__("docker", timeout=patience)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _plain(answer: http.client.HTTPResponse) -> Iterator[tuple[bytes, bytes]]:
    while piece := answer.read1(_PIECE):
        yield b"stdout", piece


def _parted(answer: http.client.HTTPResponse) -> Iterator[tuple[bytes, bytes]]:
    """Yield (stream, bytes) out of the frames in which the engine sends both streams (Engine API, ContainerAttach)."""
    data, at = b"", 0
    while True:
        if len(data) - at >= _HEADER:
            length = int.from_bytes(data[at + 4 : at + _HEADER], "big")
            end = at + _HEADER + length
            if end <= len(data):
                yield _STREAMS.get(data[at], b"stdout"), data[at + _HEADER : end]
                at = end
                continue
        piece = answer.read1(_PIECE)
        if not piece:
            if len(data) - at > _HEADER:  # a frame that was cut off
                yield _STREAMS.get(data[at], b"stdout"), data[at + _HEADER :]
            return
        data, at = data[at:] + piece, 0


def _as_lines(pieces: Iterator[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Yield whole lines, each with its time and stream before it; what is left without an end comes last."""
    rest = dict.fromkeys(_STREAMS.values(), b"")
    for stream, piece in pieces:
        *lines, rest[stream] = (rest[stream] + piece).split(b"\n")
        if len(rest[stream]) > _LONGEST:
            lines.append(rest[stream])
            rest[stream] = b""
        if lines:
            yield b"".join(_stamped(line, stream) for line in lines)
    for stream, line in rest.items():
        if line:
            yield _stamped(line, stream)


def _stamped(line: bytes, stream: bytes) -> bytes:
    time, _, text = line.rstrip(b"\r").partition(b" ")
    return b"%b %b F %b\n" % (time, stream, text)


def _seconds(time: object) -> float:
    """Return a moment that the engine names (RFC 3339, in nanoseconds) in seconds since the epoch, a microsecond early."""
    try:
        return datetime.fromisoformat(str(time)).timestamp() - 1e-6
    except ValueError:
        return 0.0


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body).get("message", "")).rstrip(".")
    except (ValueError, AttributeError):
        return ""
