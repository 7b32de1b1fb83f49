import pytest

from logs.telling import read
from ws101.logs.blocks import may_go_on
from ws101.logs.formats import FORMATS
from ws101.logs.units import Unit, Units, facts

ATTEMPT = """\
{at}Z INFO  a.b - ========== WebSocket Connection Attempt ==========
{at}Z INFO  a.b - Path: {path}
{at}Z INFO  a.b - Headers (1):
{at}Z INFO  a.b -   - X-Real-IP: {client}
"""
ACCEPTED = """\
{at}Z INFO  a.b - ========== WebSocket Connection ACCEPTED ==========
{at}Z INFO  a.b - User ID: {user}
"""
BLOCK = ATTEMPT + ACCEPTED


def lines(text: str, **said: str) -> list[tuple[bytes, int]]:
    told = {"at": "2026-11-18T11:06:40.250", "path": "/ws", "client": "10.0.0.1", "user": "7"} | said
    return [(line.encode(), number) for number, line in enumerate(text.format(**told).splitlines(), 1)]


def goes_on(form: str, text: bytes) -> bool:
    """A block of the guide's goes on with its fields."""
    (found,) = (one for one in FORMATS if one.name == form)
    return may_go_on(found, text.decode())


def learned(text: str = BLOCK) -> Units:
    units, first = Units(goes_on), lines(text)
    assert list(units.split(first)) == [first]
    units.learn(first, read(b"".join(line + b"\n" for line, _ in first)))
    return units


def test_what_was_read_once_is_known_again_whoever_the_client_is_and_whenever_it_came():
    again = lines(BLOCK, at="2026-11-18T11:06:41.500", client="10.0.0.2", user="another")
    (unit,) = learned().split(again)
    assert isinstance(unit, Unit)
    assert (unit.time % 60, unit.client, unit.line) == (41.5, b"10.0.0.2", 1)
    assert unit.text.split(b"\n") == [line for line, _ in again]
    assert facts(unit.kind) == ("/ws", 101)


def test_a_unit_ends_where_another_record_begins():
    other = (b"2026-11-18T11:06:40.250Z INFO  a.b - GET / -> 200", 99)
    unit, rest = learned().split([*lines(BLOCK), other])
    assert isinstance(unit, Unit)
    assert rest == [other]


TRY = (
    "🔌 [WebSocket] Connecting to wss://x.example/ws\n"
    "🚫 [WebSocket] Failed to connect to WebSocket: Handshake exception, expected status code 101 but was {status}\n"
)


def test_what_a_client_says_without_a_time_is_known_again_where_it_says_the_same():
    known = learned(TRY.format(status=400))
    again, other = lines(TRY.format(status=400)), lines(TRY.format(status=401))
    (unit,) = known.split(again)
    assert isinstance(unit, Unit)
    assert (unit.time, unit.client, facts(unit.kind)) == (None, b"", ("/ws", 400))
    assert list(known.split(other)) == [other]


def test_units_stand_between_what_is_read():
    other = (b"2026-11-18T11:06:40.250Z INFO  a.b - GET / -> 200", 99)
    parts = list(learned().split([other, *lines(BLOCK), *lines(BLOCK, client="10.0.0.2")]))
    assert parts[0] == [other]
    assert [part.client for part in parts[1:] if isinstance(part, Unit)] == [b"10.0.0.1", b"10.0.0.2"]


@pytest.mark.parametrize(
    "block",
    [
        lines(BLOCK, path="/another"),
        lines(BLOCK.replace("ACCEPTED", "REJECTED")),
        lines(ATTEMPT),
        lines(BLOCK.replace("X-Real-IP: {client}", "X-Real-IP: {client}, 192.0.2.1")),
        [*lines(ATTEMPT), *lines(ACCEPTED, at="2026-11-18T11:06:50.000")],
        [*lines(BLOCK), *lines("{at}Z INFO  a.b - Sec-WebSocket-Protocol: chat\n")],
    ],
    ids=["path", "outcome", "no outcome", "two addresses", "slow", "goes on"],
)
def test_what_differs_in_more_is_read(block):
    assert list(learned().split(block)) == [block]


@pytest.mark.parametrize(
    "block",
    [
        ATTEMPT,
        ACCEPTED,
        BLOCK.replace("X-Real-IP: {client}", "X-Other: {client}"),
        BLOCK.replace("X-Real-IP: {client}", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    ],
    ids=["no outcome", "nothing came", "no client", "an identity"],
)
def test_what_may_be_joined_otherwise_than_by_its_client_is_not_learned(block):
    assert list(learned(block).split(lines(block))) == [lines(block)]
