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
START = 20.0  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_HERE = Path(__file__).parent


class Server:
    """A running peer: its ports, and what it and its children take of the machine."""

    def __init__(self, process: subprocess.Popen[bytes], task: Given) -> None:
        self._process, self.port = process, task.port
        self._control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._control.connect((HOST, task.control))

    def listens(self) -> bool:
        """Tell whether it takes connections, and orders."""
        with socket.socket() as trial:
            trial.bind(
                (SOURCES[0], 0)
            )  # from HOST it could meet itself: a port of its own, connected to itself
            if trial.connect_ex((HOST, self.port)):
                return False
        self._control.settimeout(0.5)
        try:
            self._control.send(b"")
            return bool(self._control.recv(16))
        except OSError:
            return False

    def order(self, count: int, due: int = 0, word: str = "") -> None:
        self._control.send(f"{count} {due} {word}".rstrip().encode())

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
    """Return a TCP and a UDP port that were free a moment ago; unlike 0, they can be told to any peer."""
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        tcp.bind((HOST, 0))
        udp.bind((HOST, 0))
        return tcp.getsockname()[1], udp.getsockname()[1]


def python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"peers.{module}")
