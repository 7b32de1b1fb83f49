"""What an address and a user may have, by a clock of the test's own; and the same on the wire."""

import pytest

from timers.server.house import hear, open_house
from ws101.handshake.request import build
from ws101.timers.server.forwarding import Trust
from ws101.timers.server.limits import Limits, place
from ws101.timers.server.seat import Seat
from ws101.timers.settings import ServiceSettings


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def now(self):
        return int(self.seconds * 1000)

    def monotonic(self):
        return self.seconds


def limits(**settings):
    clock = Clock()
    return Limits(ServiceSettings(**settings), clock), clock


def seat(user="u", client="192.0.2.1"):
    return Seat(user, "s", client, "t", None, None, None)


# ---- handshakes a second


def test_an_address_has_a_burst_and_then_its_rate():
    counted, clock = limits(handshakes_per_second=10)
    assert [counted.slow_down("192.0.2.1") for _ in range(20)] == [0.0] * 20
    assert counted.slow_down("192.0.2.1") == pytest.approx(0.1)
    assert counted.slow_down("192.0.2.2") == 0.0
    clock.seconds += 0.1
    assert counted.slow_down("192.0.2.1") == 0.0
    assert counted.slow_down("192.0.2.1") > 0


def test_refusing_does_not_make_the_wait_longer():
    counted, _ = limits(handshakes_per_second=10)
    waits = [counted.slow_down("192.0.2.1") for _ in range(100)]
    assert max(waits) == pytest.approx(0.1)


def test_no_rate_is_no_limit():
    counted, _ = limits(handshakes_per_second=0)
    assert not any(counted.slow_down("192.0.2.1") for _ in range(10_000))


def test_the_memory_for_addresses_is_bounded(monkeypatch):
    monkeypatch.setattr("ws101.timers.server.limits._MOST_BUCKETS", 100)
    counted, clock = limits(handshakes_per_second=10)
    for n in range(1_000):
        counted.slow_down(f"192.0.{n // 250}.{n % 250}")
        clock.seconds += 0.001
    assert len(counted._buckets) <= 100


def test_who_is_remembered_is_who_came_last(monkeypatch):
    monkeypatch.setattr("ws101.timers.server.limits._MOST_BUCKETS", 10)
    counted, _ = limits(handshakes_per_second=1)
    for n in range(10):
        counted.slow_down(f"192.0.2.{n}")
    assert counted.slow_down("192.0.2.9") == 0.0
    assert counted.slow_down("192.0.2.9") > 0
    counted.slow_down("198.51.100.1")
    assert counted.slow_down("192.0.2.9") > 0


# ---- open sockets


def test_sockets_are_counted_by_address_user_and_all_together():
    counted, _ = limits(connections=4, connections_per_address=2, connections_per_user=3)
    for one in (seat("u"), seat("v")):
        counted.enter(one)
    assert "address" in counted.crowded("192.0.2.1")
    assert counted.crowded("192.0.2.2") == ""
    for client in ("192.0.2.2", "192.0.2.3"):
        counted.enter(seat("u", client))
    assert "3" in counted.crowded_by("u")
    assert counted.crowded_by("v") == ""
    assert "service" in counted.crowded("192.0.2.9")
    counted.leave(seat("v"))
    assert counted.crowded("192.0.2.1") == ""


def test_nothing_is_remembered_of_who_has_left():
    counted, _ = limits()
    counted.enter(seat())
    counted.leave(seat())
    assert counted.enter_half_open("192.0.2.1")
    counted.leave_half_open("192.0.2.1")
    assert (counted.open, counted.half_open) == (0, 0)
    assert not counted._of_address
    assert not counted._of_user
    assert not counted._half_open


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::1", "::1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_host_with_ipv6_is_its_network(address, counted_as):
    assert place(address) == counted_as


# ---- who the client is


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "203.0.113.9, 192.0.2.1, 10.0.0.7", "192.0.2.1"),
        ("127.0.0.1", "10.0.0.8, 10.0.0.7", "10.0.0.8"),
        ("192.0.2.50", "203.0.113.9", "192.0.2.50"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, what, 10.0.0.7", "10.0.0.7"),
        ("::ffff:127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("", "192.0.2.1", ""),
    ],
)
def test_only_trusted_proxies_are_believed(peer, forwarded, client):
    assert Trust(("127.0.0.1", "10.0.0.0/8")).client(peer, forwarded) == client


# ---- on the wire


def shake(house, token, *fields):
    return house.handshake(("Authorization", f"Bearer {token}"), *fields)


def test_too_many_handshakes_a_second_are_asked_to_wait(tmp_path):
    with open_house(tmp_path, handshakes_per_second=2) as house:
        token = house.user("ann")
        for _ in range(4):
            assert house.send(shake(house, token)).status == 101
        heard = house.send(shake(house, token))
        assert (heard.status, heard.cause) == (503, "server-overloaded")
        assert heard.fields["retry-after"] == str(heard.problem["retryAfter"]) == "1"
        assert house.send(shake(house, token, ("X-Forwarded-For", "192.0.2.1"))).status == 101


def test_an_untrusted_peer_cannot_pass_for_many(tmp_path):
    with open_house(tmp_path, handshakes_per_second=1, trusted_proxies=()) as house:
        token = house.user("ann")
        answers = [
            house.send(shake(house, token, ("X-Forwarded-For", f"192.0.2.{n}"))).status for n in range(4)
        ]
        assert answers[-1] == 503


@pytest.mark.parametrize(
    ("bound", "told"),
    [
        ("connections", "service"),
        ("connections_per_address", "address"),
        ("connections_per_user", "You have 1"),
    ],
)
def test_too_many_open_sockets_are_refused_until_one_ends(tmp_path, bound, told):
    with open_house(tmp_path, **{bound: 1}) as house:
        token = house.user("ann")
        with house.connect() as peer:
            peer.sendall(build(shake(house, token)))
            assert hear(peer).status == 101
            heard = house.send(shake(house, token))
            assert (heard.status, heard.cause) == (503, "server-overloaded")
            assert told in heard.problem["detail"]
        statuses = []
        while statuses[-1:] != [101]:
            statuses.append(house.send(shake(house, token)).status)
        assert house.parts.limits.open <= 1
