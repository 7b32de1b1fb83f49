"""Running a stack: what the caller is told, and that nothing of it stays."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ws101.errors import Unavailable
from ws101.lab.running import running
from ws101.lab.stack import Proxy, healthy

_KEEP_RUNNING = """
import asyncio, json, sys
from ws101.lab.running import running
from ws101.lab.stack import healthy

async def main():
    async with running(healthy("websockets", tls=True)) as up:
        print(json.dumps([up.port, up.server_port, str(up.directory), str(up.logs[-1])]), flush=True)
        if sys.argv[1] == "raise":
            raise LookupError("as asked")
        await asyncio.Event().wait()

asyncio.run(main())
"""


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_arguments_are_those_of_the_command_line(lab):
    stack = healthy("websockets", tls=True).asking(
        secret=True, direct=True, saw=400, arguments=("--origin", "x:@{front}")
    )
    with lab.running(stack) as up:
        url, *flags = up.arguments
        assert url == up.url == f"wss://app.test:{up.port}/api/v1/timers/notifications"
        given = dict(zip(flags[::2], flags[1::2], strict=True))
        assert given["--resolve"] == f"app.test:{up.port}:127.0.0.1"
        assert given["--direct"] == up.direct_url == f"ws://127.0.0.1:{up.server_port}"
        assert given["--origin"] == f"x:{up.port}"
        assert given["--saw"] == "400"
        assert Path(given["--token-file"]).read_text() == up.token
        assert len(Path(given["--jwt-secret-file"]).read_text()) == 64
        assert Path(given["--token-file"]).stat().st_mode & 0o077 == 0
        assert up.token not in repr(up)


def test_two_nginx_stand_one_behind_the_other(lab):
    with lab.running(healthy("websockets").behind(Proxy())) as up:
        outer, inner = (config.read_text() for config in up.nginx_configs)
        assert f"listen 127.0.0.1:{up.port};" in outer
        assert f"proxy_pass http://127.0.0.1:{up.server_port};" in inner


def test_a_direct_stack_has_no_nginx(lab):
    with lab.running(healthy("websockets", direct=True)) as up:
        assert up.nginx_config is None
        assert up.port == up.server_port


def test_equal_stacks_run_side_by_side(lab):
    with lab.running(healthy("websockets")) as one, lab.running(healthy("websockets")) as other:
        assert {one.port, one.server_port}.isdisjoint({other.port, other.server_port})
        assert one.token != other.token


def test_nothing_stays_of_a_stack(lab):
    with lab.running(healthy("websockets", tls=True)) as up:
        assert listens(up.port)
        assert listens(up.server_port)
    assert not listens(up.port)
    assert not listens(up.server_port)
    assert not up.directory.exists()


def test_nothing_stays_of_a_stack_that_cannot_come_up(lab):
    async def attempt():
        async with running(healthy("websockets").adding("nonsense;"), lab.pool):
            pytest.fail("nginx took nonsense")

    with pytest.raises(Unavailable, match='unknown directive "nonsense"'):
        lab.runner.run(attempt())


@pytest.mark.parametrize("way", ["raise", "interrupt"])
def test_nothing_stays_of_a_process_that_ends(way):
    process = subprocess.Popen(
        [sys.executable, "-c", _KEEP_RUNNING, way], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        port, server_port, directory, log = json.loads(process.stdout.readline())
        if way == "interrupt":
            process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode != 0
    assert not listens(port)
    assert not listens(server_port)
    assert not Path(directory).exists()
    assert not Path(log).exists()
