from hypothesis import given
from hypothesis import strategies as st

from timers.server.clockwork import Clockwork
from ws101.timers.server import throttle
from ws101.timers.server.throttle import Throttle


def test_so_many_at_once_then_one_each_time():
    clock = Clockwork()
    tries = Throttle(clock, burst=3, refill=10.0)
    assert [tries.take("ada") for _ in range(4)] == [0, 0, 0, 10]
    assert tries.take("eve") == 0
    clock.forward(9.5)
    assert tries.take("ada") == 1
    clock.forward(0.5)
    assert [tries.take("ada") for _ in range(2)] == [0, 10]
    clock.forward(1_000)
    assert [tries.take("ada") for _ in range(4)] == [0, 0, 0, 10]


def test_a_good_try_is_given_back():
    tries = Throttle(Clockwork(), burst=1, refill=10.0)
    for _ in range(5):
        assert tries.take("ada") == 0
        tries.give_back("ada")
    tries.give_back("eve")
    assert tries.take("eve") == 0


def test_memory_is_bounded_and_the_busiest_are_not_forgotten_first(monkeypatch):
    monkeypatch.setattr(throttle, "_REMEMBERED", 100)
    tries = Throttle(Clockwork(), burst=2, refill=10.0)
    for n in range(1_000):
        tries.take(f"name {n}")
        tries.take("ada")
    assert len(tries._free_at) <= 100
    assert tries.take("ada") > 0


@given(st.lists(st.floats(0, 20), max_size=60), st.integers(1, 5))
def test_never_more_than_the_burst_and_what_refilled(pauses, burst):
    clock = Clockwork()
    tries, begun, taken = Throttle(clock, burst, refill=5.0), clock.monotonic(), 0
    for pause in pauses:
        clock.forward(pause)
        wait = tries.take("ada")
        taken += wait == 0
        assert taken <= burst + (clock.monotonic() - begun) / 5.0 + 1e-6
        assert 0 <= wait <= 5
