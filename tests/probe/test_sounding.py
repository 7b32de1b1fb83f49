import asyncio
import ssl

import pytest

from causes.configuring import LINES, configured, whole
from causes.recorded import recorded, seen
from probe.peers import serving
from ws101.attempt import Ending
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.lab import certificates
from ws101.lab.places import dropping, refusing
from ws101.observed import Met, Sounding, Soundings
from ws101.probe.sounding import ask, sound_out, sound_out_all, survey

ALERT = b"\x15\x03\x03\x00\x02\x02\x46"


def sounded(said, *, tls=None, within=5.0):
    """Return what is told of a server that says this to whatever comes, or what this makes of it, and what it got."""
    got = []

    async def answer(reader, writer):
        got.append(await reader.read(65536))
        if said is None:
            await reader.read()
            return
        writer.write(said(got[-1]) if callable(said) else said)
        await writer.drain()

    async def ask():
        async with serving(answer, tls) as port:
            return await sound_out("127.0.0.1", port, within)

    return asyncio.run(ask()), got


@pytest.mark.parametrize(
    ("said", "speaks"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "http"),
        (b"", "other"),
        (b"-ERR unknown command\r\n", "other"),
        (b"\x16\x03\x03\x00\x7a\x02", "https"),
    ],
)
def test_what_a_tls_hello_met(said, speaks):
    found, (sent,) = sounded(said)
    assert found == Sounding(speaks=speaks)
    assert sent[:2] == b"\x16\x03"
    assert b"HTTP" not in sent


@pytest.mark.parametrize(
    ("plain", "speaks"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "http"),
        (b"HTTP/1.1 400 The plain HTTP request was sent to HTTPS port\r\nContent-Length: 0\r\n\r\n", ""),
        (b"\x15\x03\x01\x00\x02\x02\x46", ""),
        (b"", ""),
    ],
)
def test_an_alert_has_a_plain_request_asked_too(plain, speaks):
    found, (hello, request) = sounded(lambda came: ALERT if came.startswith(b"\x16\x03") else plain)
    assert found == Sounding(speaks=speaks)
    assert hello[:2] == b"\x16\x03"
    assert request == b"GET / HTTP/1.0\r\n\r\n"


def test_a_service_is_asked_what_it_would_be():
    async def answer(reader, writer):
        got = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n" if b"X: y" in got else b"HTTP/1.1 401 No\r\n\r\n")
        await writer.drain()

    async def both():
        async with serving(answer) as port:
            fields = (Headers(), Headers.of([("X", "y")]))
            return [await ask(f"127.0.0.1:{port}", Request("/auth", one)) for one in fields]

    assert asyncio.run(both()) == [401, 204]


WHOLE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"


@pytest.mark.parametrize(
    ("status", "said", "met"),
    [
        (503, WHOLE, Met(101)),
        (502, WHOLE, Met(101)),
        (502, WHOLE[:50], Met(101, whole=False)),
        (502, b"", Met()),
        (503, b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", Met(503)),
        (404, WHOLE, None),
    ],
)
def test_a_server_gets_what_nginx_passes_on_where_it_may_not_be_who_refuses(status, said, met):
    got = []

    async def answer(reader, writer):
        got.append(await reader.read(65536))
        if got[-1].startswith(b"GET "):
            writer.write(said)
            await writer.drain()

    async def surveyed():
        async with serving(answer) as port:
            limited = LINES.replace("$http_host", "inside")
            limited += f"limit_conn z 1;\nproxy_pass http://127.0.0.1:{port};"
            evidence = configured(seen(recorded("nginx-502")), whole(f"location / {{\n{limited}\n}}"))
            return f"127.0.0.1:{port}", await survey(evidence.config, status)

    place, found = asyncio.run(surveyed())
    assert found.met.get(place) == met
    assert (found.take([place]), found.break_off([place])) == (
        met == Met(101),
        met == Met(101, whole=False),
    )
    passed_on = [head for head in got if head.startswith(b"GET ")]
    assert [b"\r\nHost: inside\r\n" in head for head in passed_on] == [True] * (met is not None)


def test_a_service_that_says_nothing_is_not_waited_for():
    async def unasked():
        async with refusing() as port:
            return await ask(f"127.0.0.1:{port}", Request("/auth")), await ask("127.0.0.1:1", None)

    assert asyncio.run(unasked()) == (None, None)


def test_silence_is_no_answer():
    assert sounded(None, within=0.1)[0] == Sounding()


def test_a_real_tls_server():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    good = certificates.directory() / "good"
    context.load_cert_chain(f"{good}.pem", f"{good}.key")
    assert sounded(b"", tls=context)[0] == Sounding(speaks="https")


@pytest.mark.parametrize(("place", "ending"), [(refusing, Ending.REFUSED), (dropping, Ending.TIMED_OUT)])
def test_no_connection(place, ending):
    async def ask():
        async with place() as port:
            return await sound_out_all((f"127.0.0.1:{port}",))

    (found,) = asyncio.run(ask()).values()
    assert found == Sounding(ending)


def test_of_several_servers_all_must_be_so():
    known = Soundings({"a:1": Sounding(Ending.REFUSED), "b:1": Sounding(speaks="http")})
    assert known.refused(["a:1"])
    assert not known.refused(["a:1", "b:1"])
    assert not known.refused([])
    assert not known.refused(["c:1"])
    assert known.speak(["b:1"], "http")
    assert known.taken(["b:1"])
    assert not known.deaf(["a:1"])
