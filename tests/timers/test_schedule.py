import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ws101.timers import schedule
from ws101.timers.schedule import Action, Impossible, Timer, TimerList
from ws101.timers.wire import State

MINUTE = 60_000


def list_of(*durations, loop=False, disabled=()):
    timers = tuple(
        Timer(id=name, name=name.upper(), duration=duration, order=place, enabled=name not in disabled)
        for place, (name, duration) in enumerate(zip("abcdefgh", durations, strict=False))
    )
    return TimerList(id="list", name="Day", timers=timers, loop_timers=loop)


def after(timers, *commands):
    """Carry out (action, at[, timer]) one after the other, as the service does: what is due comes first."""
    for action, at, *named in commands:
        timers = schedule.advance(timers, at).timers
        timers = schedule.command(timers, action, at, *named)
    return timers


def states(timers):
    return "".join(timer.state[0] for timer in timers.timers)


# ---- time


def test_a_running_timer_is_due_after_its_duration():
    timers = after(list_of(25 * MINUTE), (Action.START, 1_000))
    assert schedule.deadline(timers) == 1_000 + 25 * MINUTE
    assert schedule.remaining(timers.timers[0], 1_000 + MINUTE) == 24 * MINUTE


def test_a_resume_moves_the_due_time_and_never_the_start():
    timers = after(list_of(100), (Action.START, 10), (Action.PAUSE, 30), (Action.RESUME, 1_030))
    (timer,) = timers.timers
    assert (timer.started_at, timer.paused_for, schedule.due_at(timer)) == (10, 1_000, 1_110)
    assert schedule.elapsed(timer, 1_040) == 30


def test_a_paused_timer_stands_still():
    (timer,) = after(list_of(100), (Action.START, 0), (Action.PAUSE, 30)).timers
    assert schedule.remaining(timer, 31) == schedule.remaining(timer, 10**9) == 70
    assert schedule.due_at(timer) is None


@pytest.mark.parametrize("commands", [[(Action.STOP, 30)], [(Action.PAUSE, 30), (Action.STOP, 500)]])
def test_a_stopped_timer_tells_what_was_left_without_its_pause(commands):
    (timer,) = after(list_of(100), (Action.START, 0), *commands).timers
    assert timer.state is State.STOPPED
    assert schedule.elapsed(timer, 10**6) == 30
    assert schedule.remaining(timer, 10**6) == 70


def test_a_completed_timer_has_nothing_left_even_when_made_longer():
    (timer,) = schedule.advance(after(list_of(100), (Action.START, 0)), 100).timers.timers
    assert timer.state is State.COMPLETED
    assert schedule.remaining(schedule.lasting(timer, 500, 200), 200) == 0


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(1, 1000))
def test_a_clock_that_is_set_makes_no_time_negative(paused, looked, duration):
    timers = after(list_of(duration), (Action.START, 0))
    assert 0 <= schedule.remaining(timers.timers[0], looked) <= duration
    if paused >= duration:
        return
    halted = schedule.command(timers, Action.PAUSE, paused)
    resumed = schedule.command(halted, Action.RESUME, looked)
    assert 0 <= schedule.remaining(resumed.timers[0], looked) <= duration


# ---- chains


def test_what_follows_starts_when_its_predecessor_was_due_however_late_one_looks():
    timers, completed, _ = schedule.advance(after(list_of(100, 200, 300), (Action.START, 0)), 350)
    assert [(done.timer.id, done.due_at) for done in completed] == [("a", 100), ("b", 300)]
    assert states(timers) == "CCR"
    assert schedule.deadline(timers) == 600


def test_a_chain_ends_with_its_last_enabled_timer():
    timers, completed, _ = schedule.advance(
        after(list_of(100, 200, 300, disabled="bc"), (Action.START, 0)), 10**9
    )
    assert [done.timer.id for done in completed] == ["a"]
    assert states(timers) == "CII"
    assert schedule.deadline(timers) is None


def test_a_loop_begins_again_with_the_first_enabled_timer():
    timers = after(list_of(50, 100, 200, loop=True, disabled="a"), (Action.START, 0))
    _, completed, _ = schedule.advance(timers, 650)
    assert [(done.timer.id, done.due_at) for done in completed] == [
        ("b", 100),
        ("c", 300),
        ("b", 400),
        ("c", 600),
    ]


def test_a_loop_of_one_runs_again():
    timers, completed, _ = schedule.advance(after(list_of(100, loop=True), (Action.START, 0)), 250)
    assert [done.due_at for done in completed] == [100, 200]
    assert schedule.deadline(timers) == 300


def test_a_loop_without_an_enabled_timer_ends():
    timers = after(list_of(100, loop=True), (Action.START, 0))
    disabled = schedule.with_timer(timers, replace(timers.timers[0], enabled=False))
    assert schedule.deadline(schedule.advance(disabled, 1_000).timers) is None


def test_after_a_long_absence_so_many_are_told_and_the_phase_is_exact():
    timers = after(list_of(7, 11, 13, loop=True), (Action.START, 5))
    now = 5 + 31 * 1_000_000 + 20  # 20 ms into a cycle: the third timer runs since 18
    late, completed, skipped = schedule.advance(timers, now)
    assert len(completed) == schedule.TOLD + 1
    assert len(completed) + skipped == 3 * 1_000_000 + 2
    assert states(late) == "CCR"
    assert schedule.deadline(late) == 5 + 31 * 1_000_000 + 31
    assert schedule.remaining(late.timers[2], now) == 11


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
    st.integers(0, 3_000),
    st.booleans(),
    st.sets(st.sampled_from("abcde")),
)
def test_skipped_cycles_leave_the_list_as_if_nobody_had_been_away(durations, now, loop, disabled):
    timers = list_of(*durations, loop=loop, disabled=disabled)
    if all(not timer.enabled for timer in timers.timers):
        return
    timers = after(timers, (Action.START, 0))
    stepped = timers
    told = []
    for moment in range(now + 1):
        stepped, completed, skipped = schedule.advance(stepped, moment)
        assert not skipped
        told += completed
    late, completed, skipped = schedule.advance(timers, now)
    assert [replace(timer, version=0) for timer in late.timers] == [
        replace(timer, version=0) for timer in stepped.timers
    ]
    assert len(completed) + skipped == len(told)
    if not skipped:
        assert list(completed) == told
        assert late == stepped
    assert len(completed) <= schedule.TOLD + len(durations)


# ---- commands


def test_start_takes_the_first_enabled_timer_or_the_named_one():
    assert states(after(list_of(1, 1, 1, disabled="a"), (Action.START, 0))) == "IRI"
    assert states(after(list_of(1, 1, 1), (Action.START, 0, "c"))) == "IIR"


def test_restart_takes_the_active_timer_from_its_full_duration():
    timers = after(list_of(100, 100), (Action.START, 0, "b"), (Action.PAUSE, 40), (Action.RESTART, 60))
    assert states(timers) == "IR"
    assert schedule.deadline(timers) == 160


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([(Action.START, 0), (Action.START, 1)], "“A” is running already: restart it"),
        ([(Action.START, 0), (Action.START, 1, "b")], "“A” is running, and one timer of a list at a time"),
        ([(Action.START, 0), (Action.PAUSE, 1), (Action.START, 2, "b")], "“A” is paused, and one timer"),
        ([(Action.START, 0), (Action.RESTART, 1, "b")], "stop it first"),
        ([(Action.START, 0, "c")], "“C” is disabled: enable it first"),
        ([(Action.PAUSE, 0)], "No timer of “Day” is running or paused: start one first"),
        ([(Action.START, 0), (Action.PAUSE, 1), (Action.PAUSE, 2)], "“A” is paused: only one that is running can be paused"),
        ([(Action.START, 0), (Action.RESUME, 1)], "“A” is running: only one that is paused can be resumed"),
        ([(Action.START, 0), (Action.RESUME, 1, "b")], "“B” is idle: only one that is paused"),
        ([(Action.STOP, 0)], "No timer of “Day” is running or paused"),
        ([(Action.START, 0), (Action.STOP, 1), (Action.STOP, 2, "a")], "“A” is stopped: only one that is running or paused can be stopped"),
    ],
)  # fmt: skip
def test_what_the_state_does_not_allow_is_refused_with_the_reason(commands, words):
    with pytest.raises(Impossible) as refused:
        after(list_of(100, 100, 100, disabled="c"), *commands)
    assert words in str(refused.value)


def test_a_list_without_an_enabled_timer_cannot_start():
    with pytest.raises(Impossible, match="has no enabled timer"):
        after(list_of(1, disabled="a"), (Action.START, 0))


def test_a_command_at_the_due_moment_comes_after_the_completion():
    timers = after(list_of(100, 100), (Action.START, 0), (Action.PAUSE, 100))
    assert states(timers) == "CP"


# ---- another duration


def test_a_longer_duration_keeps_the_time_that_it_ran():
    (timer,) = after(list_of(100), (Action.START, 0)).timers
    longer = schedule.lasting(timer, 150, 40)
    assert (schedule.due_at(longer), schedule.elapsed(longer, 40)) == (150, 40)


def test_a_duration_shorter_than_what_ran_is_over_now_and_not_in_the_past():
    timers = after(list_of(100, 100), (Action.START, 0))
    shorter = schedule.with_timer(timers, schedule.lasting(timers.timers[0], 30, 40))
    late, completed, _ = schedule.advance(shorter, 40)
    assert [done.due_at for done in completed] == [40]
    assert schedule.deadline(late) == 140


def test_a_paused_timer_made_shorter_than_what_ran_is_over_when_it_is_resumed():
    timers = after(list_of(100), (Action.START, 0), (Action.PAUSE, 40))
    shorter = schedule.with_timer(timers, schedule.lasting(timers.timers[0], 30, 50))
    assert schedule.remaining(shorter.timers[0], 60) == 0
    assert schedule.deadline(schedule.command(shorter, Action.RESUME, 70)) == 70
