"""The upstream processes: shared by stacks, and gone with the block."""

import asyncio
import os

import pytest

from ws101.errors import Unavailable
from ws101.lab.upstreams.policy import Policy
from ws101.lab.workers import workers


def test_one_process_serves_many_stacks_and_ends_with_the_block():
    async def use():
        async with workers() as pool:
            ports = {await pool.start("raw_app", Policy(scenario="echo")) for _ in range(3)}
            log = pool.log("raw_app")
            assert log.is_file()
        for port in ports:
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
        assert not log.exists()
        return ports

    assert len(asyncio.run(use())) == 3


def test_a_missing_library_is_told_each_time():
    async def use():
        async with workers() as pool:
            for _ in range(2):
                with pytest.raises(Unavailable, match="no_such_app"):
                    await pool.start("no_such_app", Policy())

    asyncio.run(use())


def test_node_without_its_package_is_told(monkeypatch, tmp_path):
    monkeypatch.setitem(os.environ, "WS101_NODE_MODULES", str(tmp_path))

    async def use():
        async with workers() as pool:
            with pytest.raises(Unavailable, match="npm install ws"):
                await pool.start("node_ws_app", Policy())

    asyncio.run(use())


def test_a_server_that_fails_says_why_and_leaves_the_others_alone():
    async def use():
        async with workers() as pool:
            with pytest.raises(RuntimeError, match="No such file"):
                await pool.start("raw_app", Policy(certificate="/nowhere"))
            return await pool.start("raw_app", Policy(scenario="echo"))

    assert asyncio.run(use())
