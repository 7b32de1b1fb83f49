"""Clients that come and go while events are written get each of them once and in order, by the real service."""

import asyncio
import io
import json
import random

import pytest

from timers.server.house import PASSWORD, PATIENCE
from ws101.timers import wire
from ws101.timers.server.run import loop_factory, running
from ws101.timers.settings import ServiceSettings

websockets = pytest.importorskip("websockets", reason="websockets (pip install websockets)")

EVENTS = 400


def test_who_comes_back_again_and_again_misses_nothing_and_gets_nothing_twice(tmp_path):
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    chance = random.Random(seed)
    settings = ServiceSettings(
        port=0, data=tmp_path / "data", log="json", handshakes_per_second=0, drain_timeout=1.0
    )

    async def story():
        async with asyncio.timeout(100), running(settings, log=io.StringIO()) as service:
            parts = service.parts
            signed_in = await parts.accounts.register("Ann", "ann@example.test", PASSWORD)
            user = parts.verifier.verify(signed_in.token, parts.clock.now()).user
            made = await parts.service.create_list(user, wire.ListCreate(name="0"))
            writing = asyncio.create_task(_write(parts.service, user, made.id))
            readers = [_read(service, signed_in.token, chance) for _ in range(3)]
            for seqs in await asyncio.gather(*readers):
                assert seqs == list(range(1, EVENTS + 2))
            await writing

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(story())


async def _write(service, user, list_id):
    for number in range(EVENTS):
        await service.change_list(user, list_id, wire.ListChange(name=f"{number + 1}"))
        await asyncio.sleep(0)


async def _read(service, token, chance):
    """Resume until every event is there; leave after a few each time, with a close or without."""
    seqs, epoch = [], service.parts.service.resume("nobody", 0, None)
    epoch = json.loads(epoch.welcome)["epoch"]
    while len(seqs) <= EVENTS:
        url = f"{service.socket_url}?since={seqs[-1] if seqs else 0}&epoch={epoch}"
        client = await websockets.connect(url, additional_headers={"Authorization": f"Bearer {token}"})
        try:
            async with asyncio.timeout(PATIENCE):
                welcome = json.loads(await client.recv())
                assert (welcome["type"], welcome["recovered"]) == ("Welcome", True)
                for _ in range(chance.randrange(60)):
                    if len(seqs) > EVENTS:
                        break
                    seqs.append(json.loads(await client.recv())["seq"])
        finally:
            if chance.random() < 0.5:
                await client.close()
            else:
                client.transport.abort()
    return seqs
