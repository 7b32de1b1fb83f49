"""The measurements of the timer service run, whatever they find: a few of everything, beside whatever peers are here."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parent.parent.parent / "bench" / "timers.py"

if sys.platform != "linux":
    pytest.skip("Linux (the measurements need epoll and /proc)", allow_module_level=True)
pytest.importorskip("uvloop", reason="uvloop (pip install 'ws101[timers]')")


def _run(*arguments):
    command = (sys.executable, str(BENCH), "--quick", *arguments)
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)


def test_every_measure_of_a_peer_has_a_figure():
    pytest.importorskip("websockets", reason="websockets (pip install websockets)")
    done = _run("--peer", "bare", "--peer", "websockets_uvloop")
    assert done.returncode == 0, done.stdout + done.stderr
    for measure in ("Handshakes", "Refusals", "Messages", "each for the three", "Delay", "KiB"):
        lines = done.stdout.partition(measure)[2].splitlines()
        assert [line.split("  ")[1].split(",")[0] for line in lines[1:3]] == [
            "the limit: the listener without the work",
            "websockets + uvloop",
        ], done.stdout


def test_every_way_of_the_service_has_a_figure():
    pytest.importorskip("msgspec", reason="msgspec (pip install 'ws101[timers]')")
    done = _run("--peer", "service", "--only", "messages", "--only", "lateness", "--only", "handshakes")
    assert done.returncode == 0, done.stdout + done.stderr
    for way in ("recorded", "delivered alone", "started or stopped", "at the client", "at the service"):
        assert way in done.stdout
    assert "ws101 timers  " in done.stdout


def test_what_is_not_here_is_named_with_the_way_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("WS101_NODE_MODULES", str(tmp_path))
    done = _run("--peer", "bare", "--peer", "uwebsockets", "--only", "refusals")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Not measured: uWebSockets.js (" in done.stdout
