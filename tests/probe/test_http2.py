import asyncio
from collections.abc import Callable
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
from h2.errors import ErrorCodes
from msgspec.structs import replace

from probe.peers import QUICK, over_tls, sending, server_context, serving, staying, tried, write
from ws101.attempt import Attempt, Ending, Layer, Verify
from ws101.handshake.answer import Kind
from ws101.lab.certificates import leaf

Act = Callable[[h2.connection.H2Connection], None]


def speaking(act: Act, requests: list[dict[bytes, bytes]]):
    """A peer that speaks HTTP/2 and does `act` when a request has come."""

    async def handle(reader, writer):
        connection = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, header_encoding=None)
        )
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        while data := await reader.read(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    requests.append(dict(event.headers))
                    act(connection)
            writer.write(connection.data_to_send())

    return handle


def at(
    tmp_path: Path, act: Act, alpn: str = "h2", requests: list[dict[bytes, bytes]] | None = None
) -> Attempt:
    made = server_context(write(tmp_path, "server", leaf(None)))
    made.set_alpn_protocols([alpn])

    async def run() -> Attempt:
        async with serving(speaking(act, requests if requests is not None else []), made) as port:
            return await tried(replace(over_tls(port, verify=Verify.NOTHING), http2=True))

    return asyncio.run(run())


def refuse(connection):
    connection.send_headers(1, [(":status", "404"), ("server", "a")])
    connection.send_data(1, b"not here", end_stream=True)


def test_answer_is_expressed_as_any_other(tmp_path):
    requests: list[dict[bytes, bytes]] = []
    attempt = at(tmp_path, refuse, requests=requests)
    answer = attempt.answer
    assert (attempt.layer, attempt.ending, attempt.tls.alpn) == (Layer.HTTP, Ending.ANSWERED, "h2")
    assert (answer.kind, answer.version, answer.status, answer.text) == (Kind.HTTP, "HTTP/2", 404, "not here")
    assert answer.headers.fields == (("server", "a"),)
    assert answer.complete
    assert attempt.sent.startswith(b"PRI * HTTP/2.0\r\n")
    assert requests[0][b":path"] == b"/ws"
    assert requests[0][b":authority"] == b"localhost"
    assert requests[0][b"sec-websocket-version"] == b"13"
    assert not requests[0].keys() & {b"upgrade", b"connection", b"host"}


def test_server_that_does_not_choose_h2(tmp_path):
    attempt = at(tmp_path, refuse, alpn="http/1.1")
    assert (attempt.layer, attempt.ending) == (Layer.HTTP, Ending.CLOSED)
    assert attempt.detail == "HTTP/2 was offered by ALPN and the server chose http/1.1"
    assert attempt.answer.kind is Kind.NOTHING


@pytest.mark.parametrize(
    ("act", "ending", "detail"),
    [
        (
            lambda c: c.reset_stream(1, ErrorCodes.HTTP_1_1_REQUIRED),
            Ending.RESET,
            "RST_STREAM HTTP_1_1_REQUIRED",
        ),
        (
            lambda c: c.close_connection(ErrorCodes.ENHANCE_YOUR_CALM),
            Ending.CLOSED,
            "GOAWAY ENHANCE_YOUR_CALM",
        ),
        (lambda c: None, Ending.SILENT, f"waited {QUICK.answer:g} s"),
    ],
)
def test_ends_without_an_answer(tmp_path, act, ending, detail):
    attempt = at(tmp_path, act)
    assert (attempt.ending, attempt.detail, attempt.answer.kind) == (ending, detail, Kind.HTTP2)


def test_peer_that_breaks_http2():
    async def run() -> Attempt:
        async with serving(staying(b"", greeting=b"\0\0\1\4\0\0\0\0\0x")) as port:
            return await tried(sending(port, http2=True))

    attempt = asyncio.run(run())
    assert (attempt.ending, attempt.detail) == (
        Ending.CLOSED,
        "the peer breaks HTTP/2: FrameDataMissingError",
    )


def test_endless_body_is_cut(tmp_path):
    def flood(connection):
        connection.send_headers(1, [(":status", "200")])
        connection.send_data(1, b"x" * 10000)

    attempt = at(tmp_path, flood)
    assert (attempt.ending, attempt.status, attempt.answer.complete) == (Ending.ANSWERED, 200, False)
    assert attempt.answer.body == b"x" * 10000


def test_peer_that_speaks_no_http2():
    async def run() -> Attempt:
        async with serving(staying(b"", greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
            return await tried(sending(port, http2=True))

    attempt = asyncio.run(run())
    assert (attempt.ending, attempt.answer.version, attempt.status) == (Ending.ANSWERED, "HTTP/1.1", 400)
