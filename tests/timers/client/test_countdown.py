import pytest
from hypothesis import given
from hypothesis import strategies as st

from timers.client.building import timer
from ws101.timers.client.countdown import Moment, remaining, slept
from ws101.timers.wire import State


@given(st.integers(0, 10**13), st.floats(0, 10**13))
def test_time_left_is_rounded_up_and_never_negative(due, now):
    left = remaining(timer(state=State.RUNNING, due_at=due), now)
    assert left >= 0
    assert (left == 0) == (now >= due)
    assert left * 1000 >= due - now > (left - 1) * 1000 or left == 0


@pytest.mark.parametrize("state", sorted(set(State) - {State.RUNNING}))
def test_what_does_not_run_does_not_count_down(state):
    assert remaining(timer(state=state, remaining_seconds=7), 10**13) == 7


def test_without_the_services_time_its_last_word_stands():
    assert remaining(timer(state=State.RUNNING, due_at=5, remaining_seconds=7), None) == 7


@given(st.floats(0, 10**6), st.floats(0, 4.9))
def test_clocks_that_run_alike_are_no_sleep(passed, drift):
    before, after = Moment(5.0, 10**12), Moment(5.0 + passed, 10**12 + round((passed + drift) * 1000))
    assert not slept(before, after)


def test_a_wall_clock_that_ran_on_alone_is_a_sleep():
    assert slept(Moment(5.0, 10**12), Moment(6.0, 10**12 + 3_600_000))
    assert not slept(Moment(5.0, 10**12), Moment(6.0, 10**12 - 3_600_000))
