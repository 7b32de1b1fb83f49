import asyncio
import errno
import socket

import pytest

from probe.peers import serving, staying
from ws101.attempt import Ending, Layer
from ws101.probe.connect import connect_any, dial
from ws101.probe.stream import Ended, ending_of


def test_dial_connects_and_closes():
    async def run():
        async with serving(staying(b"")) as port:
            return await dial("127.0.0.1", port, 1)

    seen = asyncio.run(run())
    assert seen.connected
    assert seen.ending is Ending.ANSWERED
    assert seen.ms is not None


def test_refusal_has_the_systems_words(closed_port):
    seen = asyncio.run(dial("127.0.0.1", closed_port, 1))
    assert (seen.connected, seen.ending, seen.detail) == (False, Ending.REFUSED, "Connection refused")


def test_full_backlog_times_out():
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        seen = asyncio.run(dial("127.0.0.1", listener.getsockname()[1], 0.1))
    assert (seen.connected, seen.ending, seen.detail) == (
        False,
        Ending.TIMED_OUT,
        "no connection within 0.1 s",
    )


@pytest.mark.parametrize("address", ["no-address.invalid", "a..b"])
def test_what_is_no_address_is_unreachable(address):
    seen = asyncio.run(dial(address, 1, 1))
    assert (seen.connected, seen.ending) == (False, Ending.UNREACHABLE)
    assert seen.detail


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (errno.ECONNREFUSED, Ending.REFUSED),
        (errno.ENETUNREACH, Ending.UNREACHABLE),
        (errno.EHOSTUNREACH, Ending.UNREACHABLE),
        (errno.ETIMEDOUT, Ending.TIMED_OUT),
        (errno.ECONNRESET, Ending.RESET),
        (errno.EPIPE, Ending.RESET),
    ],
)
def test_errno_maps_to_an_ending(number, ending):
    assert ending_of(OSError(number, "")) is ending


def test_next_address_is_taken_when_one_fails():
    async def run():
        async with serving(staying(b"")) as port:
            address, stream = await connect_any(("::1", "127.0.0.1"), port, 1)
            stream.close()
            return address

    assert asyncio.run(run()) == "127.0.0.1"


def test_of_several_failures_the_nearest_one_is_told(closed_port):
    with pytest.raises(Ended) as told:
        asyncio.run(connect_any(("no-address.invalid", "127.0.0.1"), closed_port, 1))
    assert (told.value.layer, told.value.ending) == (Layer.TCP, Ending.REFUSED)


def test_without_addresses_the_name_is_where_it_ended():
    with pytest.raises(Ended) as told:
        asyncio.run(connect_any((), 80, 1))
    assert (told.value.layer, told.value.ending) == (Layer.NAME, Ending.UNKNOWN_NAME)
