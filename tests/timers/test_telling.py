from uuid import UUID, uuid5

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from ws101.timers import schedule, telling, wire
from ws101.timers.schedule import Action, Completion, Timer, TimerList

MINUTE = 60_000


def day(*durations, **fields):
    timers = tuple(
        Timer(id=name, name=name, duration=duration, order=place)
        for place, (name, duration) in enumerate(zip("abcdef", durations, strict=False))
    )
    return TimerList(id="l", name="Day", timers=timers, **fields)


def kinds(events):
    return [type(event).__name__ for event in events]


def test_what_is_left_is_told_in_seconds_rounded_up():
    running = schedule.command(day(90_000), Action.START, 0).timers[0]
    assert [
        telling.shown(running, now).remaining_seconds for now in (0, 1, 1_000, 89_000, 89_999, 90_000)
    ] == [90, 90, 89, 1, 1, 0]


def test_a_list_has_the_status_of_its_active_timer():
    timers = day(MINUTE, MINUTE)
    assert telling.shown_list(timers, 0).status is wire.State.IDLE
    paused = schedule.command(schedule.command(timers, Action.START, 0, "b"), Action.PAUSE, 1)
    assert telling.shown_list(paused, 2).status is wire.State.PAUSED
    stopped = schedule.command(paused, Action.STOP, 3)
    assert telling.shown_list(stopped, 4).status is wire.State.IDLE


def test_only_timers_that_changed_are_told():
    before = day(MINUTE, MINUTE, MINUTE)
    (event,) = telling.changes(before, schedule.command(before, Action.START, 0, "b"), (), 0)
    assert (event.list_id, event.timer.id, event.remaining_time) == ("l", "b", 60)
    assert telling.changes(before, before, (), 0) == []


def test_after_a_completion_only_what_follows_is_told_beside_it():
    before = schedule.command(day(MINUTE, MINUTE, MINUTE), Action.START, 0)
    after, completed, _ = schedule.advance(before, 2 * MINUTE)
    assert [done.timer.id for done in completed] == ["a", "b"]
    (event,) = telling.changes(before, after, completed, 2 * MINUTE)
    assert event.timer.id == "c"


def test_a_completed_timer_that_was_begun_again_is_told_twice():
    before = schedule.command(day(MINUTE), Action.START, 0)
    current, completed, _ = schedule.advance(before, MINUTE)
    after = schedule.command(current, Action.RESTART, MINUTE)
    (event,) = telling.changes(before, after, completed, MINUTE)
    assert event.timer.state is wire.State.RUNNING


def test_a_list_that_changed_or_lost_a_timer_is_told_whole():
    before = day(MINUTE, MINUTE)
    for after in (replace(before, name="x", version=2), replace(before, timers=before.timers[1:])):
        (event,) = telling.changes(before, after, (), 0)
        assert event.timer_list == telling.shown_list(after, 0)


def test_a_large_list_is_not_told_whole():
    before = day()
    timers = tuple(Timer(id=str(number), name="ø" * 255, duration=MINUTE) for number in range(50))
    large = replace(before, timers=timers, version=2)
    assert kinds(telling.changes(before, large, (), 0)) == ["TimerListRefresh"]
    assert telling.deleted(large, 0).timer_list.timers == ()
    assert len(wire.encode(telling.deleted(large, 0))) < telling.LARGEST_LIST


def test_the_ids_of_completions_differ_by_timer_and_by_run():
    running = schedule.command(day(MINUTE, MINUTE, loop_timers=True), Action.START, 0)
    _, completed, _ = schedule.advance(running, 50 * MINUTE)
    events = [telling.completion("l", done, 50 * MINUTE, notify=True) for done in completed]
    assert len({event.event_id for event in events}) == 50
    again = [telling.completion("l", done, 99 * MINUTE, notify=False) for done in completed]
    assert [event.event_id for event in again] == [event.event_id for event in events]


@given(
    durations=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    disabled=st.sets(st.integers(0, 3)),
    loop=st.booleans(),
    now=st.integers(0, 2_000),
)
def test_what_time_alone_has_changed_is_told_as_any_change(durations, disabled, loop, now):
    timers = day(*durations, loop_timers=loop)
    members = [replace(timer, enabled=timer.order not in disabled) for timer in timers.timers]
    assume(any(timer.enabled for timer in members))
    before = schedule.command(replace(timers, timers=tuple(members)), Action.START, 0)
    after, completed, _ = schedule.advance(before, now)
    told = telling.progress("l", schedule.ran(before, after), completed, now)
    assert told == telling.changes(before, after, completed, now)


@given(st.uuids(), st.integers(1, 2**40))
def test_the_id_of_a_completion_is_the_uuid_of_the_run(timer_id, version):
    timer = Timer(id=str(timer_id), name="t", duration=1, version=version)
    event = telling.completion("l", Completion(timer, 1), 2, notify=True)
    assert event.event_id == str(uuid5(UUID("5f1a1b52-6c0e-5d0a-9d0b-77733130c0de"), f"{timer_id}/{version}"))
