from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.timers.client.backoff import CAP, delay
from ws101.timers.closing import Then

DRAWS = st.floats(0, 1, exclude_max=True)


@given(st.integers(0, 10_000), DRAWS, st.floats(0, 3600), st.sampled_from([Then.RESUME, Then.WAIT]))
def test_a_wait_is_never_shorter_than_asked_and_never_longer_than_the_cap_beyond(
    failures, draw, at_least, then
):
    assert at_least <= delay(failures, draw, at_least, then) <= at_least + CAP


@given(st.integers(0, 100), DRAWS)
def test_the_bound_grows_with_the_failures(failures, draw):
    assert delay(failures, draw) <= delay(failures + 1, draw)


@given(st.integers(0, 20), st.floats(0, 600), st.integers(20, 200))
def test_clients_that_fail_together_come_back_spread_over_the_whole_bound(failures, at_least, clients):
    """Equal draws apart, no two clients wait equally long, however long the service asked them to wait."""
    draws = [client / clients for client in range(clients)]
    waits = [delay(failures, draw, at_least) - at_least for draw in draws]
    bound = min(CAP, 2.0 * 2**failures)
    assert len({round(wait, 9) for wait in waits}) == clients
    for quarter in range(4):
        within = [wait for wait in waits if bound * quarter / 4 <= wait < bound * (quarter + 1) / 4]
        assert len(within) == pytest.approx(clients / 4, abs=2)
    assert mean(waits) == pytest.approx(bound / 2, rel=0.1)


def test_a_drain_leaves_more_room_than_a_single_drop():
    assert delay(0, 0.99, then=Then.RESUME) < 0.5 < 1.9 < delay(0, 0.99, then=Then.WAIT) < 2.0
