import pytest
from hypothesis import given
from hypothesis import strategies as st

from timers.client.building import (
    EPOCH,
    completed,
    list_update,
    recovered,
    snapshot,
    timer,
    timer_list,
    update,
)
from ws101.timers import wire
from ws101.timers.client.messages import Unknown, read
from ws101.timers.client.mirror import Effect, Mirror, apply, fetched, welcome
from ws101.timers.wire import State

START = welcome(Mirror(), snapshot(3, timer_list(timer(), timer("Break", order=1))))
RUNNING = timer(state=State.RUNNING, due_at=99, version=2)


def test_a_snapshot_takes_the_place_of_everything():
    again = welcome(START, snapshot(9, epoch="e2"))
    assert (again.epoch, again.seq, again.lists) == ("e2", 9, ())


def test_a_welcome_that_recovers_leaves_the_number_where_the_events_go_on():
    assert welcome(START, recovered(8)) == START


def test_the_next_event_is_applied_and_the_list_has_its_timers_state():
    after, effect = apply(START, update(4, RUNNING))
    assert effect is Effect.APPLIED
    assert after.seq == 4
    assert after.timer("t-focus") == RUNNING
    assert after.lists[0].status is State.RUNNING
    assert [t.name for t in after.lists[0].timers] == ["Focus", "Break"]


@pytest.mark.parametrize(("seq", "epoch"), [(5, EPOCH), (99, EPOCH), (4, "e2")])
def test_a_gap_is_noticed_and_changes_nothing(seq, epoch):
    assert apply(START, update(seq, RUNNING, epoch=epoch)) == (START, Effect.MISSED)


@pytest.mark.parametrize("seq", [0, 1, 3])
def test_a_duplicate_changes_nothing(seq):
    assert apply(START, update(seq, RUNNING)) == (START, Effect.DUPLICATE)


def test_lists_come_change_and_go():
    home = timer_list(name="Home")
    created, _ = apply(START, list_update(4, home, "created"))
    renamed, _ = apply(created, list_update(5, timer_list(name="Home", version=2, loop_timers=True)))
    gone, _ = apply(renamed, list_update(6, home, "deleted"))
    assert created.lists[1] == home
    assert renamed.lists[1].loop_timers
    assert gone.lists == START.lists


def test_what_was_fetched_is_not_taken_back_by_an_older_event():
    ahead = fetched(START, (timer_list(timer(state=State.PAUSED, version=7), version=7),))
    after, effect = apply(ahead, update(4, RUNNING))
    assert effect is Effect.APPLIED
    assert after.timer("t-focus").state is State.PAUSED
    assert apply(ahead, list_update(4, timer_list(version=2)))[0].lists == ahead.lists


@pytest.mark.parametrize(
    "event",
    [
        wire.TimerListRefresh(seq=4, epoch=EPOCH, event_id="x"),
        Unknown(seq=4, epoch=EPOCH, event_id="x"),
        update(4, RUNNING, list_id="l-unknown"),
    ],
)
def test_what_the_copy_cannot_know_must_be_fetched(event):
    after, effect = apply(START, event)
    assert (after.seq, effect) == (4, Effect.STALE)


def test_a_withdrawal_is_counted_and_changes_no_list():
    event = wire.NotificationWithdrawn(
        seq=4, epoch=EPOCH, event_id="x", completed_seq=2, completed_event_id="y"
    )
    after, effect = apply(START, event)
    assert (after.seq, after.lists, effect) == (4, START.lists, Effect.APPLIED)


EVENTS = [
    update(4, RUNNING),
    list_update(5, timer_list(name="Home"), "created"),
    completed(6, timer(state=State.COMPLETED, remaining_seconds=0, version=3)),
    list_update(7, timer_list(name="Home"), "deleted"),
]


def _through(events):
    held = START
    for event in events:
        held, _ = apply(held, event)
    return held


@given(st.data())
def test_repeated_and_early_events_leave_two_copies_equal(data):
    """Whatever is sent twice or too early, the copy is the one that the events make in order, as far as it has come."""
    noise = [data.draw(st.sampled_from(EVENTS)) for _ in range(data.draw(st.integers(0, 12)))]
    held = _through(noise)
    assert held == _through(EVENTS[: held.seq - START.seq])
    assert _through([*noise, *EVENTS]) == _through(EVENTS)


def test_settings_are_followed():
    new = wire.Settings(daily_pomodoro_goal=3)
    after, effect = apply(START, wire.SettingsUpdate(seq=4, epoch=EPOCH, event_id="x", settings=new))
    assert (after.settings, after.lists, effect) == (new, START.lists, Effect.APPLIED)


def test_messages_are_read_and_new_kinds_keep_their_number():
    assert read(wire.encode(EVENTS[0])) == EVENTS[0]
    assert read(wire.encode(recovered(5))) == recovered(5)
    later = b'{"type":"Confetti","seq":4,"epoch":"e1","eventId":"x","colour":"red"}'
    assert read(later) == Unknown(seq=4, epoch="e1", event_id="x")
    assert read(b'{"type":"Weather"}') is None
    assert read(b"[1]") is None
    with pytest.raises(ValueError, match="no JSON"):
        read(b"{")


@pytest.mark.parametrize("moment", ["-1", "1" + "0" * 400])
def test_a_moment_that_is_none_is_not_reckoned_with(moment):
    assert read(f'{{"type":"Pong","serverTime":{moment},"clientTime":1}}'.encode()) is None
