import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.timers.client.machine import TABLE, State, What, follow

ENDS = {State.REFUSED, State.STOPPED}


def _reachable(start, without=frozenset()):
    found, todo = set(), [start]
    while todo:
        for what, state in TABLE[todo.pop()].items():
            if state not in found and what not in without and state not in without:
                found.add(state)
                todo.append(state)
    return found


def test_every_state_can_be_reached_and_the_table_knows_all():
    assert set(TABLE) == set(State)
    assert _reachable(State.OFFLINE) == set(State) - {State.OFFLINE}


@pytest.mark.parametrize("state", sorted(set(State) - ENDS))
def test_from_everywhere_it_can_come_to_life_and_be_stopped(state):
    assert State.LIVE in _reachable(state) | {state}
    assert TABLE[state][What.STOP] is State.STOPPED


@pytest.mark.parametrize("state", sorted(ENDS))
def test_nothing_happens_after_an_end(state):
    assert TABLE[state] == {}
    with pytest.raises(ValueError, match="cannot happen"):
        follow(state, What.DUE)


@pytest.mark.parametrize("state", sorted(set(State) - {State.WAITING}))
def test_no_way_round_leaves_out_the_wait(state):
    assert state not in _reachable(state, without={State.WAITING})


@pytest.mark.parametrize("state", [State.CONNECTING, State.RETRYING, State.RENEWING])
def test_what_is_refused_for_good_is_not_tried_again(state):
    assert follow(state, What.DENIED) is State.REFUSED


def test_a_token_is_renewed_once_for_a_connection():
    assert follow(State.CONNECTING, What.EXPIRED) is State.RENEWING
    assert follow(State.RETRYING, What.EXPIRED) is State.REFUSED


@given(st.data())
def test_whatever_happens_the_machine_stays_within_its_model(data):
    """The model: connections are opened only after a wait or a renewal, and each is over before the next."""
    state, attempts, waits, renewals, connected = State.OFFLINE, 0, 0, 0, False
    for _ in range(data.draw(st.integers(0, 60))):
        if not TABLE[state]:
            break
        what = data.draw(st.sampled_from(sorted(TABLE[state], key=str)))
        state = follow(state, what)
        attempts += state in {State.CONNECTING, State.RETRYING}
        waits += state is State.WAITING
        renewals += what is What.RENEWED
        if what is What.OPENED:
            assert not connected
            connected = True
        if what in {What.DROPPED, What.ENDED, What.STOP}:
            connected = False
        assert attempts <= 1 + waits + renewals
        assert connected == (state in {State.RESUMING, State.LIVE})
