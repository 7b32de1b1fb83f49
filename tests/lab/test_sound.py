"""The sound stacks: every one opens a socket that answers, on every nginx of this machine."""

import ssl

import pytest
from websockets.asyncio.client import connect

from lab import client
from ws101.lab import certificates, nginx
from ws101.lab.faults import HEALTHY
from ws101.lab.stack import healthy

_BINARIES = [pytest.param(binary, id=binary.name) for binary in nginx.binaries()] or [None]


@pytest.mark.parametrize("binary", _BINARIES)
@pytest.mark.parametrize("sound", HEALTHY, ids=lambda sound: sound.name)
def test_a_sound_stack_answers(lab, sound, binary):
    with lab.running(sound.stack, binary) as up:
        # A service of timers has nothing to echo; every server answers a ping.
        says = client.PING if sound.stack.server == "timers" else client.TEXT
        outcome = client.shake(up.arguments, says)
    assert outcome.sound, outcome


def test_names_are_given_once():
    assert len({sound.name for sound in HEALTHY}) == len(HEALTHY)


@pytest.mark.parametrize("server", ["websockets", "uvicorn", "aiohttp"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_real_client_library_is_served(lab, server, tls):
    async def talk(up):
        context = ssl.create_default_context(cafile=certificates.directory() / "root.pem") if tls else None
        headers = {"Authorization": f"Bearer {up.token}"}
        async with connect(
            up.url, host="127.0.0.1", ssl=context, additional_headers=headers, proxy=None
        ) as socket:
            await socket.send("hello")
            return await socket.recv()

    with lab.running(healthy(server, tls=tls)) as up:
        assert lab.runner.run(talk(up)) == "hello"
