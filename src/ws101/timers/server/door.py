"""Where a connection is told what it is: the gate's decision, HTTP, or a refusal that fits what was spoken.

Shared by the bare sockets of the plain port, TLS, and HTTP connections on which a handshake comes later.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from msgspec import Struct, field

from ws101.timers.admission import Refused
from ws101.timers.opening import Opening, sort
from ws101.timers.server.gate import Gate
from ws101.timers.server.limits import Limits
from ws101.timers.server.seat import Seat
from ws101.timers.server.web import Web

# RFC 8446, 6: an alert record, fatal; a plain port can say nothing else that a TLS client would understand.
_ALERT = bytes((0x15, 3, 1, 0, 2, 2, 40))  # handshake_failure

# RFC 9113, 6.5 and 6.8: empty SETTINGS, then GOAWAY with HTTP_1_1_REQUIRED (7) and a text for whoever debugs.
_HTTP_1_1 = b"this service speaks HTTP/1.1"
_GOAWAY = (
    bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
    + (8 + len(_HTTP_1_1)).to_bytes(3, "big") + bytes((7, 0, 0, 0, 0, 0))
    + bytes(4) + (0xD).to_bytes(4, "big") + _HTTP_1_1
)  # fmt: skip

LINGER = 2.0  # seconds in which a peer may read a refusal before its connection is cut

_NOT_HTTP = {
    Opening.TLS: Refused("tls-to-plaintext-port", "The first bytes are a TLS handshake, and this port speaks plain HTTP."),
    Opening.HTTP2: Refused("upgrade-sent-over-http2", "The first bytes are the preface of HTTP/2 (RFC 9113, 3.4)."),
    Opening.PROXY: Refused("proxy-protocol-mismatch", "The first bytes are a PROXY protocol header."),
    Opening.NOISE: Refused("header-malformed", "The first bytes are no HTTP request."),
}  # fmt: skip
_UNREADABLE = Refused("header-malformed", "What came is no HTTP request that can be read (RFC 9112).")
_FULL = Refused("server-overloaded", "The service has as many connections of HTTP as it may have.")
_PLAIN = Refused("plaintext-to-tls-port", "The first bytes are no TLS handshake, and this port speaks TLS.")


class Door(Struct, frozen=True):
    """`seat` makes the protocol of an open socket from its seat and from the bytes that came behind the handshake."""

    gate: Gate
    web: Web
    seat: Callable[[Seat, bytes], asyncio.Protocol]
    limits: Limits
    max_head: int
    head_timeout: float
    undecided: "set[DoorProtocol]" = field(default_factory=set)

    def close(self) -> None:
        """Drop the connections of which nobody knows yet what comes on them."""
        for protocol in list(self.undecided):
            protocol.drop()

    def turn_away(self, opening: Opening, data: bytes, peer: str, *, tls: bool) -> bytes:
        """Return the last bytes to a peer that speaks what is not spoken here, or too much of it.

        Bytes that are no HTTP are not kept: nothing in them could be shown.
        """
        if opening is Opening.TOO_LONG:
            told = f"The head has more than {self.max_head} bytes."
            return self.gate.reject(
                Refused("request-header-too-large", told), data[: self.max_head], peer, tls=tls
            )
        silent = {Opening.TLS: _ALERT, Opening.HTTP2: _GOAWAY}.get(opening, b"")
        answer = self.gate.reject(_NOT_HTTP[opening], b"", peer, tls=tls, answered=not silent)
        return silent or answer

    def crowded(self, data: bytes, peer: str, *, tls: bool) -> bytes:
        """Return the answer to a request of HTTP that is one connection too many."""
        return self.gate.reject(_FULL, data, peer, tls=tls)

    def plain_on_tls(self, data: bytes, peer: str) -> bytes:
        """Return the answer to plain HTTP on a port that speaks TLS."""
        return self.gate.reject(_PLAIN, data, peer, tls=False)

    def take_over(self, transport: asyncio.Transport, data: bytes) -> None:
        """Deal with a handshake that came on a connection on which HTTP was spoken before."""
        protocol = DoorProtocol(self, _peer(transport))
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(data)

    def turn_away_later(self, transport: asyncio.Transport) -> bytes:
        """Return the last bytes on a connection of HTTP on which something came that cannot be read as that."""
        tls = transport.get_extra_info("sslcontext") is not None
        return self.gate.reject(_UNREADABLE, b"", _peer(transport), tls=tls)


def _peer(transport: asyncio.Transport) -> str:
    address = transport.get_extra_info("peername")
    return address[0] if address else ""


class DoorProtocol(asyncio.Protocol):
    """A connection that has a transport already, until it is known what comes on it."""

    def __init__(self, door: Door, peer: str) -> None:
        self._door, self._peer = door, peer
        self._data = b""
        self._transport: asyncio.Transport
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by inheritance
        self._late = asyncio.get_running_loop().call_later(self._door.head_timeout, self.drop)
        if self._door.limits.enter_half_open(self._peer):
            self._door.undecided.add(self)
        else:
            self.drop()

    def connection_lost(self, _: Exception | None) -> None:
        self._on_time()

    def drop(self) -> None:
        """End the connection without a word: nothing that could be answered has come."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._data += data
        opening, end = sort(self._data, self._door.max_head)
        if opening is Opening.UNCLEAR:
            return
        self._on_time()
        if opening is Opening.HANDSHAKE:
            self._decide(self._data[:end], self._data[end:])
        elif opening is Opening.REQUEST and self._door.web.is_full(self._peer):
            self._leave(self._door.crowded(self._data, self._peer, tls=self._is_tls()))
        elif opening is Opening.REQUEST:
            self._become(self._door.web.protocol(self._data))
        else:
            self._leave(self._door.turn_away(opening, self._data, self._peer, tls=self._is_tls()))

    def _decide(self, head: bytes, rest: bytes) -> None:
        decision = self._door.gate.decide(head, self._peer, tls=self._is_tls())
        if decision.seat is None:
            self._leave(decision.answer)
        else:
            self._transport.write(decision.answer)
            self._become(self._door.seat(decision.seat, rest))

    def _become(self, protocol: asyncio.Protocol) -> None:
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)

    def _leave(self, answer: bytes) -> None:
        leaving = _Leaving(self._transport)
        self._transport.set_protocol(leaving)
        leaving.say(answer)

    def _is_tls(self) -> bool:
        return self._transport.get_extra_info("sslcontext") is not None

    def _on_time(self) -> None:
        if self in self._door.undecided:
            self._door.undecided.remove(self)
            self._door.limits.leave_half_open(self._peer)
        if self._late is not None:
            self._late.cancel()


class _Leaving(asyncio.Protocol):
    """A refused peer: what it still says is not heard, and it gets time to read, for a reset would take the answer away."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def say(self, answer: bytes) -> None:
        """Send the answer, and end the connection once the peer has."""
        self._transport.write(answer)
        if self._transport.can_write_eof():
            self._transport.write_eof()
            self._late = asyncio.get_running_loop().call_later(LINGER, self._transport.abort)
        else:
            self._transport.close()  # TLS says by itself that this is the end

    def connection_lost(self, _: Exception | None) -> None:
        if self._transport.can_write_eof():
            self._late.cancel()
