from msgspec.structs import replace

from ws101.timers import schedule, telling, wire
from ws101.timers.schedule import Action, Timer, TimerList

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
