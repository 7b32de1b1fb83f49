"""Sounds a server out that a configuration names: whether it takes a connection, what it says to a TLS hello, and whom it lets in.

Credentials go only to whom nginx itself sends them, on this machine; judges nothing.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from ws101.configured import Configured
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, build
from ws101.nginx.edit import edited
from ws101.nginx.limit import reached
from ws101.nginx.model import understand
from ws101.nginx.route import route
from ws101.nginx.subrequest import subrequest
from ws101.observed import Asked, Met, Sounding, Soundings
from ws101.probe.connect import connect
from ws101.probe.stream import Ended

T = TypeVar("T")

WITHIN = 1.0  # seconds; it is on this machine
_HELLO, _ALERT = b"\x16\x03", b"\x15\x03"  # how a record begins (RFC 8446, 5.1)
_UNREAD = 400  # what nginx and others say on a TLS port to whatever is plain


async def survey(hops: Sequence[Configured], status: int | None) -> Soundings:
    """Sound out every server on this machine that these configurations lead to, where a handshake was answered so."""
    places = tuple(dict.fromkeys(place for hop in hops for place in hop.neighbours))
    asking = [hop for hop in hops if hop.asking and status in {401, 403, 500}]
    unclear = [hop for hop in hops if status == 502 or (hop.level and reached(hop.level, status))]
    known, said, met = await asyncio.gather(
        sound_out_all(places), asyncio.gather(*map(_asked, asking)), asyncio.gather(*map(_met, unclear))
    )
    return Soundings(known, _all(said), _all(met))


def _all(parts: Iterable[Mapping[str, T]]) -> dict[str, T]:
    return {place: one for part in parts for place, one in part.items()}


async def _met(hop: Configured) -> dict[str, Met]:
    """Send each server the handshake that nginx passes on to it: what it takes it did not refuse."""
    sent = hop.sent
    if sent is None or sent.scheme != "http" or sent.request is None:
        return {}
    answers = await asyncio.gather(*(_read(place, sent.request, WITHIN) for place in hop.server_places))
    met = [Met(read.answer().status, read.head_is_whole or read.answer().status is None) for read in answers]
    return dict(zip(hop.server_places, met, strict=True))


async def _asked(hop: Configured) -> dict[str, Asked]:
    """Ask the service as nginx asks it of this handshake, and as it would where the configuration is mended."""
    asked = hop.service.handler if hop.service else None
    if len(hop.service_places) != 1 or asked is None or not asked.arguments[0].startswith("http:"):
        return {}
    place, cure = hop.service_places[0], hop.cure("proxy-subrequest-refused")
    mended = route(understand(edited(hop.configuration, cure)), hop.route.ask) if cure else None
    requests = (subrequest(hop.route), subrequest(mended) if mended else None)
    return {place: Asked(*await asyncio.gather(*(ask(place, one) for one in requests)))}


async def ask(place: str, request: Request | None, within: float = WITHIN) -> int | None:
    """Return the status that the service at this `host:port` answers a request with, None where it gives none."""
    return (await _read(place, request, within)).answer().status if request else None


async def _read(place: str, request: Request, within: float) -> AnswerReader:
    """Send a request, and return what has read the answer as far as it came."""
    answers = AnswerReader(request)
    host, _, port = place.rpartition(":")
    try:
        async with asyncio.timeout(within):
            stream = await connect(host.strip("[]"), int(port), within)
            try:
                await stream.send(build(request))
                while not answers.done and (said := await stream.receive()):
                    answers.feed(said)
            finally:
                stream.close()
    except (Ended, TimeoutError, OSError):
        pass  # what came before is the answer
    answers.feed_eof()
    return answers


async def sound_out(address: str, port: int, within: float = WITHIN) -> Sounding:
    """Connect to one address of this machine, say hello in TLS, and tell what came of it."""
    try:
        stream = await connect(address, port, within)
    except Ended as end:
        return Sounding(end.ending)
    try:
        async with asyncio.timeout(within):
            await stream.send(_hello())
            said = await stream.receive()
    except TimeoutError:
        return Sounding()
    except OSError:
        said = b""
    finally:
        stream.close()
    if said.startswith(_ALERT):  # of a TLS server that wants a name, or of a plain one that says so politely
        plain = await ask(f"{address}:{port}", Request("/", version="HTTP/1.0"), within)
        return Sounding(speaks="http" if plain not in {None, _UNREAD} else "")
    if said.startswith(_HELLO):
        return Sounding(speaks="https")
    return Sounding(speaks="http" if said.startswith(b"HTTP/") else "other")


def _hello() -> bytes:
    """Return a ClientHello as OpenSSL writes it, without a server name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no authorities, which takes 30 ms
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing)
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


async def sound_out_all(places: tuple[str, ...]) -> dict[str, Sounding]:
    """Sound out each `host:port`, side by side."""

    async def one(place: str) -> Sounding:
        host, _, port = place.rpartition(":")
        return await sound_out(host.strip("[]"), int(port))

    found = await asyncio.gather(*map(one, places))
    return dict(zip(places, found, strict=True))
