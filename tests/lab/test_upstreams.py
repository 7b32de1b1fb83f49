"""The upstreams: the same sockets and pages, each library's own order of checks."""

import pytest

from lab import client
from ws101.lab.stack import healthy

_UPGRADING = ["websockets", "uvicorn", "uvicorn-wsproto", "aiohttp", "node-ws"]


def status(lab, server: str, **asking: object) -> int | None:
    with lab.running(healthy(server, direct=True).asking(**asking)) as up:
        return client.shake(up.arguments).status


@pytest.mark.parametrize("server", _UPGRADING)
def test_the_open_socket_asks_nobody(lab, server):
    assert status(lab, server, path="/open", token=None) == 101


@pytest.mark.parametrize("server", _UPGRADING)
def test_the_late_one_closes_with_4401(lab, server):
    with lab.running(healthy(server, direct=True).asking(path="/late")) as up:
        outcome = client.shake(up.arguments)
    assert outcome.rest == b"\x88\x0b\x11\x31bad token"


@pytest.mark.parametrize(
    ("server", "unauthorised", "unknown"),
    [
        ("websockets", 401, 404),
        ("uvicorn", 403, 403),
        ("uvicorn-401", 401, 403),
        ("aiohttp", 401, 404),
        ("node-ws", 401, None),
        ("timers", 401, 404),
    ],
)
def test_each_library_refuses_in_its_own_way(lab, server, unauthorised, unknown):
    assert status(lab, server, token=None) == unauthorised
    assert status(lab, server, path="/nowhere") == unknown


@pytest.mark.parametrize(
    ("server", "seen"),
    [("websockets", 401), ("aiohttp", 401), ("uvicorn", 404), ("node-ws", 404), ("timers", 426)],
)
def test_the_order_of_checks_is_the_librarys(lab, server, seen):
    assert status(lab, server, token=None, headers=("Upgrade:",)) == seen


def test_the_page_is_a_page(lab):
    assert status(lab, "websockets", path="/plain") == 200


def test_engineio_for_node_refuses_an_old_version_inside_the_socket(lab):
    stack = (
        healthy("raw", direct=True)
        .serving(scenario="engineio")
        .asking(path="/socket.io/?transport=websocket&EIO=3")
    )
    with lab.running(stack) as up:
        outcome = client.shake(up.arguments)
    assert outcome.status == 101
    assert outcome.rest.endswith(b"Unsupported protocol version")
