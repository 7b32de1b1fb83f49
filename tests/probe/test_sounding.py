import asyncio
import ssl

import pytest

from probe.peers import serving
from ws101.attempt import Ending
from ws101.lab import certificates
from ws101.lab.places import dropping, refusing
from ws101.observed import Sounding, Soundings
from ws101.probe.sounding import sound_out, sound_out_all


def sounded(said, *, tls=None, within=5.0):
    """Return what is told of a server that says this to whatever comes, and what it got."""
    got = []

    async def answer(reader, writer):
        got.append(await reader.read(65536))
        if said is None:
            await reader.read()
            return
        writer.write(said)
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
        (b"\x15\x03\x03\x00\x02\x02\x46", ""),
        (b"\x16\x03\x03\x00\x7a\x02", "https"),
    ],
)
def test_what_a_tls_hello_met(said, speaks):
    found, (sent,) = sounded(said)
    assert found == Sounding(speaks=speaks)
    assert sent[:2] == b"\x16\x03"
    assert b"HTTP" not in sent


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
