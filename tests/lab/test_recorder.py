import asyncio

import pytest

from ws101.lab.nginx import listening
from ws101.lab.recorder import recording

GOOD = (
    "GET /ws?a=1 HTTP/1.1\r\nHost: app.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def answers(text):
    async def ask():
        opened, seen = listening(), []
        port = opened.getsockname()[1]
        async with recording(opened, seen, "X-Mark", {"asked"}):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(text.encode("latin-1"))
            writer.write_eof()
            got = await reader.read()
            writer.close()
        return got.decode("latin-1"), seen

    return asyncio.run(ask())


def test_a_right_upgrade_gets_its_101_and_is_kept_as_it_came():
    got, (seen,) = answers(GOOD.replace("\r\n\r\n", "\r\nX-Mark: here\r\n\r\n"))
    assert got.startswith("HTTP/1.1 101 ")
    assert "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in got
    assert (seen.mark, seen.upgrades, seen.head.target, len(seen.head.headers)) == (
        "here",
        True,
        "/ws?a=1",
        5,
    )


def test_of_subprotocols_the_first_is_taken():
    got, _ = answers(GOOD.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: a, b\r\n\r\n"))
    assert "Sec-WebSocket-Protocol: a\r\n" in got


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("HTTP/1.0", "HTTP/1.1"),
        ("Connection: close", "Connection: Upgrade"),
        ("Upgrade: http_upgrade", "Upgrade: websocket"),
        ("X-Key", "Sec-WebSocket-Key"),
    ],
)
def test_anything_else_is_refused_in_words(wrong, right):
    got, (seen,) = answers(GOOD.replace(right, wrong))
    assert got.startswith("HTTP/1.1 426 ")
    assert not seen.upgrades
    assert seen.missing
    assert seen.missing[0] in got


def test_a_subrequest_is_allowed():
    got, (seen,) = answers(GOOD.replace("\r\n\r\n", "\r\nX-Mark: asked\r\n\r\n"))
    assert got.startswith("HTTP/1.1 204 ")
    assert seen.head.target == "/ws?a=1"


@pytest.mark.parametrize("text", ["", "GET / HTTP/1.1\r\n", "\x16\x03\x01"])
def test_what_is_no_request_leaves_no_record(text):
    assert answers(text) == ("", [])
