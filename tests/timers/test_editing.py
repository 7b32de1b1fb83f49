import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from ws101.timers import editing, schedule, wire
from ws101.timers.schedule import Action, Impossible

MINUTE = 60_000


def listed(*names):
    timers = editing.list_from("l", wire.ListCreate(name="Day"))
    for name in names:
        timers = editing.add_timer(
            timers, name, wire.TimerCreate(timer_list_id="l", name=name, duration=MINUTE)
        )
    return timers


def ids(timers):
    return "".join(timer.id for timer in timers.timers)


def test_timers_go_to_the_end_or_to_their_order():
    timers = listed("a", "b", "c")
    assert [timer.order for timer in timers.timers] == [0, 1, 2]
    said = wire.TimerCreate(timer_list_id="l", name="d", duration=MINUTE, order=1)
    assert ids(editing.add_timer(timers, "d", said)) == "abdc"


def test_a_full_list_takes_no_more():
    timers = listed(*(str(number) for number in range(editing.MOST_TIMERS)))
    with pytest.raises(Impossible, match="delete one, or use another list"):
        editing.add_timer(timers, "x", wire.TimerCreate(timer_list_id="l", name="x", duration=MINUTE))


def test_only_what_differs_is_a_change():
    timers = listed("a")
    assert editing.change_list(timers, wire.ListChange(name="Day", loop_timers=False)) is timers
    assert editing.change_timer(timers, "a", wire.TimerChange(name="a", duration=MINUTE), 0) is timers
    assert editing.reorder(timers, ("a",)) is timers
    assert editing.change_list(timers, wire.ListChange(loop_timers=True)).version == 2


def test_every_field_of_a_timer_can_change_at_once():
    said = wire.TimerChange(
        name="z",
        duration=2 * MINUTE,
        enabled=False,
        counts_as_pomodoro=True,
        order=5,
        send_notification_on_complete=False,
    )
    (timer,) = editing.change_timer(listed("a"), "a", said, 0).timers
    kept = (
        timer.name,
        timer.duration,
        timer.enabled,
        timer.counts_as_pomodoro,
        timer.order,
        timer.notify,
        timer.version,
    )
    assert kept == ("z", 2 * MINUTE, False, True, 5, False, 2)


def test_a_timer_that_is_disabled_or_removed_while_it_runs():
    running = schedule.command(listed("a", "b"), Action.START, 0)
    disabled = editing.change_timer(running, "a", wire.TimerChange(enabled=False), 1)
    assert schedule.deadline(disabled) == MINUTE
    removed = editing.remove_timer(running, "a")
    assert ids(removed) == "b"
    assert schedule.deadline(removed) is None


def test_reorder_bumps_the_timers_that_moved_and_the_list():
    timers = editing.reorder(listed("a", "b", "c"), ("b", "a", "c"))
    assert ids(timers) == "bac"
    assert [timer.version for timer in timers.timers] == [2, 2, 1]
    assert timers.version == 2


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.permutations("abcdef"))
def test_a_list_is_always_in_its_order_and_a_reorder_is_what_was_asked_for(orders, wanted):
    timers = listed(*"abcdef")
    for timer_id, order in zip("abcdef", orders, strict=False):
        timers = editing.change_timer(timers, timer_id, wire.TimerChange(order=order), 0)
        assert [(timer.order, timer.id) for timer in timers.timers] == sorted(
            (timer.order, timer.id) for timer in timers.timers
        )
    assert ids(editing.reorder(timers, tuple(wanted))) == "".join(wanted)


def test_nothing_said_is_nothing_changed():
    assert wire.TimerChange().name is UNSET
    timers = listed("a")
    assert editing.change_timer(timers, "a", wire.TimerChange(), 0) is timers
