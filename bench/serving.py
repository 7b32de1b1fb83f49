"""One peer as a process of its own on a core of its own: started, awaited, weighed and ended. Knows none by name."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from load import SOURCES, LoadError
from peers.given import HOST, Given, environment

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
SERVER, LOAD = CORES[0], CORES[-1]
START = 45.0  # seconds
PREPARATION = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_HERE = Path(__file__).parent


class Server:
    """A running peer: its ports, and what it and its children take of the machine."""

    def __init__(self, process: subprocess.Popen[bytes], task: Given) -> None:
        self._process, self.port = process, task.port
        self._task = task
        self._control: socket.socket | None = None

    def listens(self) -> bool:
        """Tell whether it takes connections, and orders."""
        try:
            _connected(self.port).close()
            self._control = self._control or _connected(self._task.control)
            self._control.sendall(b"\n")
            return bool(self._control.recv(1))
        except OSError:
            return False

    def order(self, count: int, due: int = 0, word: str = "") -> None:
        assert self._control
        self._control.sendall(f"{count} {due} {word}\n".encode())

    def prepare(self, count: int, word: str) -> None:
        """Wait until the server has prepared what an order of this word will send."""
        assert self._control
        self._control.settimeout(PREPARATION)
        self._control.sendall(f"{count} 0 prepare {word}\n\n".encode())
        if not self._control.recv(1):
            raise LoadError("it ended while it prepared messages")

    def cpu(self) -> float:
        """Return the seconds of processor time of the process and its children so far."""
        return sum(int(ticks) for pid in self._tree() for ticks in _stat(pid)[11:13]) / _TICKS

    def resident(self) -> int:
        """Return the bytes of resident memory of the process and its children."""
        return sum(int(_stat(pid)[21]) for pid in self._tree()) * _PAGE

    def alive(self) -> bool:
        return self._process.poll() is None

    def _tree(self) -> list[int]:
        found = [self._process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").iterdir():
                found.extend(map(int, (task / "children").read_text().split()))
        return found


def _connected(port: int) -> socket.socket:
    """Connect from another address than HOST, where a socket could meet itself on a port that nobody listens on."""
    sock = socket.create_connection((HOST, port), timeout=5.0, source_address=(SOURCES[0], 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name: the state is the first (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


@contextmanager
def serving(command: Sequence[str], task: Given) -> Iterator[Server]:
    """Run a peer on its core while the block runs; raises LoadError when it does not listen."""
    log = Path(task.directory) / "peer.log"
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command,
            env={**kept, "PYTHONPATH": str(_HERE), **environment(task)},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            preexec_fn=_to_its_core,
        )
        try:
            running = Server(process, task)
            _wait(running, log)
            yield running
        finally:
            _end(process)


def _to_its_core() -> None:
    os.sched_setaffinity(0, {SERVER})


def _wait(running: Server, log: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and running.alive():
        if running.listens():
            return
        time.sleep(0.05)
    said = log.read_text(errors="replace").strip()[-600:]
    raise LoadError(f"it did not begin to listen within {START:.0f} s\n{said}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it started: they are a session of their own."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_ports() -> tuple[int, int]:
    """Return two ports that were free a moment ago; unlike 0, they can be told to any peer."""
    with socket.socket() as one, socket.socket() as other:
        one.bind((HOST, 0))
        other.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


def python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"peers.{module}")
