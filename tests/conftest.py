"""Keeps every test on this machine, and names at the end of a run what could not be tested here."""

import importlib.util
import ipaddress
import socket
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_LEFT: list[str] = []


class BeyondLoopbackError(RuntimeError):
    """A test reached for another machine. No OSError, for ws101 would take that for an observation."""


def _is_here(host: str) -> bool:
    if host in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _may_be_asked(name: str) -> bool:
    """Whether looking up the name asks nobody: literals, this machine, RFC 6761's names for tests, and what is no name."""
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        here = name in {"", "localhost"} or name.rstrip(".").endswith((".localhost", ".test", ".invalid"))
        return here or ".." in name or any(len(label) > 63 for label in name.split("."))  # IDNA refuses these
    return True


def _refuse(what: str) -> None:
    _LEFT.append(what)
    raise BeyondLoopbackError(f"a test {what}; tests stay on loopback")


@pytest.fixture(scope="session", autouse=True)
def _on_loopback():
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded(original):
        def call(self, address):
            if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
                _refuse(f"connects to {address[0]}")
            return original(self, address)

        return call

    def look_up(host, *rest, **named):
        text = host.decode("ascii", "replace") if isinstance(host, bytes) else host or ""
        if not _may_be_asked(text):
            _refuse(f"looks up {text}")
        return getaddrinfo(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(connect))
        patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
        patch.setattr(socket, "getaddrinfo", look_up)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    """Fail a test that reached for another machine, even where the refusal was swallowed."""
    _LEFT.clear()
    result = yield
    if _LEFT:
        pytest.fail(f"the test {_LEFT[0]}; tests stay on loopback", pytrace=False)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    """Say in the last lines what was skipped, by reason."""
    result = yield
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"Not run here: {reason}: {count} {'test' if count == 1 else 'tests'}")
    return result


def _reason(report) -> str:
    said = report.longrepr[2] if isinstance(report.longrepr, tuple | list) else str(report.longrepr)
    return said.removeprefix("Skipped: ").strip().rstrip(".")


def load_tool(name):
    """Return a module of tools/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tool():
    """Load a module of tools/ by its name."""
    return load_tool
