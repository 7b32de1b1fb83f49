"""What tests/conftest.py promises: nothing leaves this machine, and what is skipped is named at the end."""

import asyncio
import socket
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).parent / "conftest.py"
REACHING = """
import asyncio, socket
import pytest

def test_connect():
    with socket.socket() as sock:
        sock.connect(("192.0.2.1", 80))

def test_connect_ex():
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock:
        sock.connect_ex(("2001:db8::1", 80))

def test_asyncio():
    asyncio.run(asyncio.open_connection("192.0.2.1", 80))

def test_name():
    socket.getaddrinfo("example.org", 80)

def test_refusal_that_is_swallowed():
    try:
        socket.create_connection(("192.0.2.1", 80))
    except RuntimeError:
        pass
"""
SKIPPING = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_of_a_group(number):
    pytest.skip("Debian's nginx 1.22 (apt install nginx)")

@pytest.mark.skip(reason="Node.js (apt install nodejs)")
def test_alone(): ...
"""


@pytest.fixture
def project(pytester):
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    return pytester


def test_reaching_for_another_machine_fails_however_it_is_done(project):
    project.makepyfile(REACHING)
    result = project.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(failed=5)
    result.stdout.fnmatch_lines(["*tests stay on loopback*"])


def test_skipped_groups_are_named_in_the_last_lines(project):
    project.makepyfile(SKIPPING)
    result = project.runpytest("-ra", "-p", "no:cacheprovider")
    assert result.outlines[-3:-1] == [
        "Not run here: Debian's nginx 1.22 (apt install nginx): 3 tests",
        "Not run here: Node.js (apt install nodejs): 1 test",
    ]


def test_nothing_is_said_when_nothing_is_skipped(project):
    project.makepyfile("def test_it(): pass")
    result = project.runpytest("-ra", "-p", "no:cacheprovider")
    result.stdout.no_fnmatch_line("*Not run here*")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_this_machine_can_be_reached(name):
    async def there_and_back():
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection(name, port, family=socket.AF_INET)
            assert await reader.read() == b""
            writer.close()

    asyncio.run(there_and_back())
