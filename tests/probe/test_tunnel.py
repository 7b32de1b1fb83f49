import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from probe.peers import (
    REFUSAL,
    SWITCH,
    answering,
    over_tls,
    sending,
    server_context,
    serving,
    staying,
    tried,
    write,
)
from ws101.attempt import Attempt, Ending, ForwardProxy, Layer
from ws101.lab.certificates import authority, leaf
from ws101.probe.tunnel import connect_request

OPENED = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n"


def proxy(
    port: int, host: str = "127.0.0.1", *, tls: bool = False, authorization: str | None = None
) -> ForwardProxy:
    return ForwardProxy(host, port, tls, authorization, "--proxy")


def forwarding(heads: list[bytes], opened: bytes = OPENED):
    """A proxy that connects to the port it is asked for and passes bytes both ways."""

    async def pump(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)

    async def handle(reader, writer):
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        port = int(heads[-1].split()[1].rpartition(b":")[2])
        there, out = await asyncio.open_connection("127.0.0.1", port)
        writer.write(opened)
        back = asyncio.create_task(pump(there, writer))
        try:
            await pump(reader, out)
        finally:
            back.cancel()
            out.close()

    return handle


def test_tunnel_carries_tls(tmp_path):
    root = authority("a root")
    (tmp_path / "root.pem").write_bytes(root.pem)
    pem = write(tmp_path, "server", leaf(root))
    heads: list[bytes] = []

    async def run() -> Attempt:
        async with (
            serving(staying(SWITCH), server_context(pem)) as port,
            serving(forwarding(heads)) as proxy_port,
        ):
            sent = over_tls(port, tmp_path / "root.pem")
            through = proxy(proxy_port, authorization="Basic bWU6cHc=")
            return await tried(replace(sent, forward_proxy=through), addresses=())

    attempt = asyncio.run(run())
    assert attempt.works
    assert attempt.proxy_answer.status == 200
    assert attempt.address == "127.0.0.1"
    assert heads[0].startswith(b"CONNECT localhost:")
    assert b"\r\nProxy-Authorization: Basic bWU6cHc=\r\n" in heads[0]


def test_bytes_that_come_with_the_proxys_answer_are_the_targets():
    async def run() -> Attempt:
        async with serving(staying(b"", greeting=OPENED + REFUSAL)) as port:
            return await tried(sending(1, forward_proxy=proxy(port)))

    attempt = asyncio.run(run())
    assert (attempt.layer, attempt.status) == (Layer.HTTP, 400)


def test_preamble_goes_to_the_target_and_not_to_the_proxy():
    received = []

    async def target(reader, writer):
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(REFUSAL)

    async def run() -> Attempt:
        heads: list[bytes] = []
        async with serving(target) as port, serving(forwarding(heads)) as proxy_port:
            sent = sending(port, forward_proxy=proxy(proxy_port), preamble=b"PROXY UNKNOWN\r\n")
            return await tried(sent)

    assert asyncio.run(run()).status == 400
    assert received[0].startswith(b"PROXY UNKNOWN\r\nGET ")


@pytest.mark.parametrize(
    ("handler", "ending", "detail"),
    [
        (
            answering(b"HTTP/1.1 407 Who are you\r\nContent-Length: 2\r\n\r\nhm"),
            Ending.PROXY_REFUSED,
            "407 Who are you",
        ),
        (staying(b"", greeting=b"SSH-2.0-x\r\n"), Ending.PROXY_REFUSED, "another protocol's greeting"),
        (answering(b""), Ending.CLOSED, ""),
        (staying(b""), Ending.SILENT, "waited 0.3 s"),
    ],
)
def test_proxy_that_opens_no_tunnel(handler, ending, detail):
    async def run() -> Attempt:
        async with serving(handler) as port:
            return await tried(sending(1, forward_proxy=proxy(port)))

    attempt = asyncio.run(run())
    assert (attempt.layer, attempt.ending, attempt.detail) == (Layer.FORWARD_PROXY, ending, detail)
    assert attempt.sent == b""
    assert attempt.proxy_answer is not None


def test_answer_of_the_proxy_is_kept_whole():
    async def run() -> Attempt:
        async with serving(answering(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\npolicy")) as port:
            return await tried(sending(1, forward_proxy=proxy(port)))

    assert asyncio.run(run()).proxy_answer.text == "policy"


def test_proxy_that_cannot_be_reached(closed_port):
    refused = asyncio.run(tried(sending(1, forward_proxy=proxy(closed_port))))
    assert (refused.layer, refused.ending) == (Layer.FORWARD_PROXY, Ending.REFUSED)
    unknown = asyncio.run(tried(sending(1, forward_proxy=proxy(1, host="a..b"))))
    assert (unknown.layer, unknown.ending) == (Layer.FORWARD_PROXY, Ending.UNKNOWN_NAME)


def test_tls_to_the_proxy_is_verified_by_this_machines_authorities(tmp_path: Path, monkeypatch):
    root = authority("a root")
    (tmp_path / "root.pem").write_bytes(root.pem)
    pem = write(tmp_path, "proxy", leaf(root))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))

    async def run(trusted: str) -> Attempt:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / trusted))
        async with (
            serving(answering(REFUSAL)) as port,
            serving(forwarding([]), server_context(pem)) as proxy_port,
        ):
            return await tried(sending(port, forward_proxy=proxy(proxy_port, host="localhost", tls=True)))

    assert asyncio.run(run("root.pem")).status == 400
    failed = asyncio.run(run("none.pem"))
    assert (failed.layer, failed.ending) == (Layer.FORWARD_PROXY, Ending.TLS_FAILED)
    assert failed.tls_error == "CERTIFICATE_VERIFY_FAILED"


@pytest.mark.parametrize(
    ("host", "address", "target"),
    [
        ("app.test", None, "app.test:443"),
        ("app.test", "127.0.0.2", "127.0.0.2:443"),
        ("::1", None, "[::1]:443"),
        ("[::1]", None, "[::1]:443"),
        ("bücher.test", None, "xn--bcher-kva.test:443"),
    ],
)
def test_connect_names_the_target(host, address, target):
    sent = replace(sending(443), host=host, address=address)
    asked = connect_request(proxy(1), sent)
    assert (asked.method, asked.target, asked.headers.fields) == ("CONNECT", target, (("Host", target),))
