import asyncio
import contextlib
import ssl

import pytest

from ws101.errors import UnreadableInput
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.lab.certificates import leaf
from ws101.timers.client import network
from ws101.timers.client.profile import Profile
from ws101.timers.client.refusal import Unreachable, read

SIGNED = leaf(None, ("127.0.0.1", "timers.test"))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    """The service's own certificate, to be trusted."""
    path = tmp_path_factory.mktemp("certificate") / "own.pem"
    path.write_bytes(SIGNED.key_pem + SIGNED.pem)
    return str(path)


@contextlib.asynccontextmanager
async def listening(handler, pem=None):
    """Serve every connection by the handler, over TLS where a certificate is given; give the port."""
    context = None
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)

    tasks = set()

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
        with contextlib.suppress(OSError, EOFError):
            await handler(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*tasks)


async def answering(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(OK)
    await writer.drain()


async def ask(profile):
    async with network.opened(profile) as stream:
        return stream.tls, await stream.ask(Request("/", Headers.of([("Host", profile.host)])))


def asked(url, handler=answering, served_with=None, ca_file=None):
    async def act():
        async with listening(handler, served_with) as port:
            return await ask(Profile("dev", url.format(port=port), ca_file))

    return asyncio.run(act())


def test_tls_is_spoken_and_verified(pem):
    tls, answer = asked("https://127.0.0.1:{port}", served_with=pem, ca_file=pem)
    assert tls
    assert answer.body == b"ok"
    assert asked("http://127.0.0.1:{port}")[0] is False


def test_a_certificate_that_nobody_vouches_for_is_refused(pem):
    with pytest.raises(Unreachable, match=r"its certificate is not trusted \(self.signed certificate\)"):
        asked("https://127.0.0.1:{port}", served_with=pem)


def test_a_certificate_for_another_name_is_refused(pem):
    with pytest.raises(Unreachable, match="its certificate is not trusted"):
        asked("https://localhost:{port}", served_with=pem, ca_file=pem)


def test_tls_to_a_plain_port_is_told(pem):
    async def plain(reader, writer):
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with pytest.raises(Unreachable, match=r"TLS failed \(.*\)"):
        asked("https://127.0.0.1:{port}", handler=plain, ca_file=pem)


def test_an_alert_in_the_place_of_an_answer_is_told():
    async def alert(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x15\x03\x01\x00\x02\x02\x16")

    _, answer = asked("http://127.0.0.1:{port}", handler=alert)
    assert read(answer, 0).line.startswith("What answered speaks no HTTP; it sent ")


@pytest.mark.parametrize(
    ("handler", "words"),
    [("nothing", "closed the connection without an answer"), ("reset", "connection was reset")],
)
def test_no_answer_is_told(handler, words):
    async def act(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        if handler == "reset":
            import socket
            import struct

            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )

    with pytest.raises(Unreachable, match=words):
        asked("http://127.0.0.1:{port}", handler=act)


def test_names_and_ports_that_are_not_there_are_told():
    with pytest.raises(Unreachable, match=r"nobody\.invalid:80 cannot be reached: its name is not known"):
        asyncio.run(ask(Profile("dev", "http://nobody.invalid")))
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(Unreachable, match=r"nothing listens there \(connection refused\)"):
            asyncio.run(ask(Profile("dev", f"http://{host}:9")))


def test_authorities_that_cannot_be_read_are_told(tmp_path):
    (tmp_path / "empty.pem").touch()
    for name in ("empty.pem", "missing.pem"):
        with pytest.raises(UnreadableInput, match="Name a PEM file"):
            asyncio.run(ask(Profile("dev", "https://127.0.0.1:9", str(tmp_path / name))))


# ---- forward proxies


def through(monkeypatch, url, answer=b"HTTP/1.1 200 OK\r\n\r\n", served_with=None, **given):
    """Ask over a proxy that answers this; return what it was asked, and what came of it."""
    heads = []

    async def act():
        async with listening(answering, served_with) as port:

            async def proxy(reader, writer):
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(answer)
                await writer.drain()
                if answer.startswith(b"HTTP/1.1 200"):
                    there = await asyncio.open_connection("127.0.0.1", port)
                    await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))

            async with listening(proxy) as at:
                name = "https_proxy" if served_with else "http_proxy"
                monkeypatch.setenv(name, f"http://ada:canary-of-the-proxy@127.0.0.1:{at}")
                return await ask(Profile("dev", url, **given))

    return heads, asyncio.run(act())


async def pump(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def test_a_forward_proxy_is_asked_for_the_way(monkeypatch):
    heads, (tls, answer) = through(monkeypatch, "http://timers.test:8080")
    assert heads[0].startswith(
        b"CONNECT timers.test:8080 HTTP/1.1\r\nHost: timers.test:8080\r\nProxy-Authorization: Basic "
    )
    assert (tls, answer.body) == (False, b"ok")


def test_tls_is_spoken_inside_the_tunnel(monkeypatch, pem):
    heads, (tls, answer) = through(monkeypatch, "https://timers.test", served_with=pem, ca_file=pem)
    assert heads[0].startswith(b"CONNECT timers.test:443 HTTP/1.1\r\n")
    assert (tls, answer.body) == (True, b"ok")


def test_a_proxy_that_refuses_is_told_without_its_password(monkeypatch):
    with pytest.raises(Unreachable, match=r"the forward proxy 127\.0\.0\.1:\d+ answered 407") as told:
        through(monkeypatch, "http://timers.test", b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
    assert "canary" not in str(told.value)


def test_a_service_on_this_machine_needs_no_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert asked("http://127.0.0.1:{port}")[1].body == b"ok"
    monkeypatch.setenv("no_proxy", "nobody.invalid")
    with pytest.raises(Unreachable, match="its name is not known"):
        asyncio.run(ask(Profile("dev", "http://nobody.invalid")))


def test_a_peer_that_takes_nothing_is_cut_off(monkeypatch):
    """What it did not read would otherwise hold the connection, beyond its last use, until the program ends."""
    monkeypatch.setattr(network, "CLOSE", 0.05)

    async def act():
        closed = asyncio.Event()

        async def deaf(_, writer):
            await closed.wait()
            writer.transport.abort()

        async with listening(deaf) as port:
            stream = await network.dial(Profile("dev", f"http://127.0.0.1:{port}"))
            stream.writer.write(bytes(32 << 20))
            await stream.close()
            left = stream.writer.transport.get_write_buffer_size()
            closed.set()
        return left

    assert asyncio.run(act()) == 0
