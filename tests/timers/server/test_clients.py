"""Real clients, each with the token, at the plain port and under TLS: what they are told, and what they tell their user."""

import asyncio
import json
import os
import shutil
import ssl
import subprocess

import aiohttp
import pytest
import websockets

from timers.server.house import PATIENCE, open_house
from ws101.lab import certificates

PING = json.dumps({"type": "Ping", "clientTime": 7})


@pytest.fixture(scope="module", params=["plain", "tls"])
def house(request, tmp_path_factory):
    found = certificates.directory()
    paths = (
        {"tls_certificate": found / "good.pem", "tls_key": found / "good.key"}
        if request.param == "tls"
        else {}
    )
    with open_house(tmp_path_factory.mktemp(request.param), **paths) as made:
        made.token = made.user("ann")
        yield made


def _trusting(house):
    if not house.service.url.startswith("https"):
        return None
    return ssl.create_default_context(cafile=certificates.directory() / "root.pem")


def _bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_websockets(house):
    async def talk():
        url, secured = house.service.socket_url, _trusting(house)
        given = {"open_timeout": PATIENCE, "proxy": None} | ({"ssl": secured} if secured else {})
        async with websockets.connect(url, additional_headers=_bearer(house.token), **given) as peer:
            await peer.send(PING)
            assert json.loads(await peer.recv())["clientTime"] == 7
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(url, additional_headers=_bearer("null"), **given)
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body)["type"] == "urn:ws101:cause:token-malformed"

    asyncio.run(talk())


def test_aiohttp(house):
    async def talk():
        url, secured = house.service.socket_url, _trusting(house)
        given = {"ssl": secured} if secured else {}
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{house.service.url}/health", **given) as answer:
                assert answer.status == 200
            async with session.ws_connect(url, headers=_bearer(house.token), **given) as peer:
                await peer.send_str(PING)
                assert (await peer.receive_json())["clientTime"] == 7
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(url, **given)
            assert refused.value.status == 401
        await asyncio.sleep(
            0.25
        )  # so long, says aiohttp's "Graceful Shutdown", its connections take to close

    asyncio.run(talk())


_SCRIPT = """
const WebSocket = require('ws');
const url = process.argv[1], token = process.argv[2];
const socket = new WebSocket(url, {headers: {Authorization: `Bearer ${token}`}, rejectUnauthorized: false});
socket.on('open', () => socket.send('{"type":"Ping","clientTime":7}'));
socket.on('message', data => { console.log(data.toString()); socket.close(1000); });
socket.on('close', code => console.log(code));
socket.on('error', error => console.log(error.message));
"""


def _node(house, token):
    modules = os.environ.get("WS101_NODE_MODULES", "")
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": modules, "NODE_NO_WARNINGS": "1"}
    node = shutil.which("node")
    if (
        node is None
        or subprocess.run(
            [node, "-e", "require('ws')"], env=environment, capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("Node.js with ws (npm install ws; WS101_NODE_MODULES names its node_modules)")
    command = [node, "-e", _SCRIPT, house.service.socket_url, token]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    return done.stdout.splitlines()


def test_node_ws(house):
    message, code = _node(house, house.token)
    assert json.loads(message)["clientTime"] == 7
    assert code == "1000"
    assert "Unexpected server response: 401" in _node(house, "null")
