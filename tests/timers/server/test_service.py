import asyncio

import pytest

from timers.server.desk import NOON, kept, opened
from ws101.errors import UsageError
from ws101.timers import wire
from ws101.timers.schedule import TOLD, Action
from ws101.timers.server import service as service_module
from ws101.timers.server.denial import Changed, Conflict, Invalid, NotFound
from ws101.timers.store import devices
from ws101.timers.store.lists import Deadline

MINUTE = 60_000


def run(tmp_path, play, **options):
    async def scene():
        async with opened(tmp_path, **options) as desk:
            return await play(desk)

    return asyncio.run(scene())


# ---- lists and timers


def test_a_list_and_its_timers_are_told_as_they_are_made(tmp_path):
    async def play(desk):
        list_id, (first, second) = await desk.list_of(25 * MINUTE, 5 * MINUTE)
        assert desk.kinds() == ["TimerListUpdate", "TimerUpdate", "TimerUpdate"]
        (made,) = desk.service.lists("ann")
        assert [timer.id for timer in made.timers] == [first, second]
        assert made == desk.service.list("ann", list_id)
        assert made.status is wire.State.IDLE
        assert desk.service.timer("ann", second) == made.timers[1]

    run(tmp_path, play)


def test_a_change_bumps_the_version_and_one_that_changes_nothing_does_not(tmp_path):
    async def play(desk):
        list_id, (timer_id,) = await desk.list_of(MINUTE)
        desk.told()
        renamed = await desk.service.change_list("ann", list_id, wire.ListChange(name="Night"), 1)
        assert (renamed.name, renamed.version) == ("Night", 2)
        timer = await desk.service.change_timer(
            "ann", timer_id, wire.TimerChange(name="z", duration=2 * MINUTE), 1
        )
        assert (timer.name, timer.duration, timer.version) == ("z", 2 * MINUTE, 2)
        assert desk.kinds() == ["TimerListUpdate", "TimerUpdate"]
        await desk.service.change_list("ann", list_id, wire.ListChange(name="Night"))
        await desk.service.change_timer("ann", timer_id, wire.TimerChange())
        assert desk.kinds() == []
        assert desk.service.timer("ann", timer_id).version == 2

    run(tmp_path, play)


def test_a_change_of_another_version_is_refused_and_leaves_nothing(tmp_path):
    async def play(desk):
        list_id, (timer_id,) = await desk.list_of(MINUTE)
        desk.told()
        for call in (
            desk.service.change_list("ann", list_id, wire.ListChange(name="x"), 7),
            desk.service.change_timer("ann", timer_id, wire.TimerChange(name="x"), 7),
            desk.service.delete_timer("ann", timer_id, 7),
            desk.service.delete_list("ann", list_id, 7),
            desk.service.reorder("ann", list_id, wire.Reorder(timer_ids=(timer_id,)), 7),
        ):
            with pytest.raises(Changed, match="version 1 by now, not 7"):
                await call
        assert desk.told() == []
        assert desk.service.list("ann", list_id).timers[0].name == "a"

    run(tmp_path, play)


def test_nothing_of_another_user_is_found(tmp_path):
    async def play(desk):
        list_id, (timer_id,) = await desk.running(MINUTE)
        service = desk.service
        for look in (lambda: service.list("bob", list_id), lambda: service.timer("bob", timer_id)):
            with pytest.raises(NotFound):
                look()
        for call in (
            service.change_list("bob", list_id, wire.ListChange(name="x")),
            service.delete_list("bob", list_id),
            service.reorder("bob", list_id, wire.Reorder(timer_ids=(timer_id,))),
            service.create_timer("bob", wire.TimerCreate(timer_list_id=list_id, name="x", duration=MINUTE)),
            service.change_timer("bob", timer_id, wire.TimerChange(name="x")),
            service.delete_timer("bob", timer_id),
            *(service.control("bob", list_id, action) for action in Action),
            service.control("bob", list_id, Action.STOP, timer_id),
        ):
            with pytest.raises(NotFound):
                await call
        with pytest.raises(Invalid):
            await service.change_settings("bob", wire.Settings(default_timer_list_id=list_id))
        await desk.complete(list_id, user="bob")
        assert desk.told() == []
        assert service.lists("bob") == ()
        assert service.list("ann", list_id).status is wire.State.RUNNING

    run(tmp_path, play)


def test_a_timer_of_another_list_is_not_found_in_this_one(tmp_path):
    async def play(desk):
        list_id, _ = await desk.list_of(MINUTE)
        _, (other,) = await desk.list_of(MINUTE)
        with pytest.raises(NotFound):
            await desk.service.control("ann", list_id, Action.START, other)

    run(tmp_path, play)


def test_a_user_who_is_gone_can_make_nothing(tmp_path):
    async def play(desk):
        with pytest.raises(NotFound):
            await desk.service.create_list("nobody", wire.ListCreate(name="x"))

    run(tmp_path, play)


def test_reorder_needs_each_timer_once(tmp_path):
    async def play(desk):
        list_id, (a, b, c) = await desk.list_of(MINUTE, MINUTE, MINUTE)
        desk.told()
        for wrong in ((a, b), (a, b, c, c), (a, b, "other")):
            with pytest.raises(Invalid) as refused:
                await desk.service.reorder("ann", list_id, wire.Reorder(timer_ids=wrong))
            assert refused.value.errors[0].pointer == "/timerIds"
        done = await desk.service.reorder("ann", list_id, wire.Reorder(timer_ids=(c, a, b)))
        assert [timer.id for timer in done.timers] == [c, a, b]
        assert [timer.order for timer in done.timers] == [0, 1, 2]
        (event,) = desk.told()
        assert event.timer_list == done

    run(tmp_path, play)


def test_a_timer_goes_to_the_end_or_where_its_order_says(tmp_path):
    async def play(desk):
        list_id, (a, b) = await desk.list_of(MINUTE, MINUTE)
        said = wire.TimerCreate(timer_list_id=list_id, name="first", duration=MINUTE, order=0)
        first = await desk.service.create_timer("ann", said)
        await desk.service.change_timer("ann", a, wire.TimerChange(order=9))
        assert [timer.id for timer in desk.service.list("ann", list_id).timers] == [first.id, b, a]

    run(tmp_path, play)


def test_there_are_bounds(tmp_path, monkeypatch):
    monkeypatch.setattr(service_module, "MOST_LISTS", 2)
    monkeypatch.setattr("ws101.timers.editing.MOST_TIMERS", 2)

    async def play(desk):
        await desk.list_of()
        list_id, _ = await desk.list_of(1, 1)
        with pytest.raises(Conflict, match="2 lists already"):
            await desk.service.create_list("ann", wire.ListCreate(name="x"))
        with pytest.raises(Conflict, match="2 timers already"):
            await desk.service.create_timer(
                "ann", wire.TimerCreate(timer_list_id=list_id, name="x", duration=1)
            )
        await desk.list_of(1, user="bob")

    run(tmp_path, play)


def test_a_list_too_large_for_a_message_is_told_by_a_refresh(tmp_path):
    async def play(desk):
        made = await desk.service.create_list("ann", wire.ListCreate(name="Day"))
        for _ in range(60):
            await desk.service.create_timer(
                "ann", wire.TimerCreate(timer_list_id=made.id, name="ø" * 255, duration=MINUTE)
            )
        desk.told()
        await desk.service.change_list("ann", made.id, wire.ListChange(name="x"))
        await desk.service.delete_list("ann", made.id)
        refresh, deleted = desk.told()
        assert refresh == wire.TimerListRefresh(
            seq=refresh.seq, epoch=refresh.epoch, event_id=refresh.event_id, list_id=made.id
        )
        assert (deleted.action, deleted.timer_list.timers) == ("deleted", ())

    run(tmp_path, play)


def test_deleting_what_runs_leaves_nothing_due(tmp_path):
    async def play(desk):
        deadlines = []
        list_id, (a, b) = await desk.running(MINUTE, MINUTE)
        desk.service.on_deadline = deadlines.append
        await desk.service.delete_timer("ann", a)
        assert deadlines == [Deadline("ann", list_id, None)]
        assert desk.service.deadlines() == []
        await desk.service.control("ann", list_id, Action.START, b)
        await desk.service.delete_list("ann", list_id)
        assert deadlines[1:] == [Deadline("ann", list_id, NOON + MINUTE), Deadline("ann", list_id, None)]
        assert desk.service.deadlines() == []
        desk.clock.wall += 2 * MINUTE
        desk.told()
        await desk.complete(list_id)
        assert desk.told() == []

    run(tmp_path, play)


# ---- commands and completions


def test_a_command_answers_with_what_changed(tmp_path):
    async def play(desk):
        list_id, (a, _) = await desk.list_of(MINUTE, MINUTE)
        (started,) = await desk.service.control("ann", list_id, Action.START)
        assert (started.id, started.state, started.due_at) == (a, wire.State.RUNNING, NOON + MINUTE)
        with pytest.raises(Conflict, match="running already"):
            await desk.service.control("ann", list_id, Action.START)
        desk.clock.wall += MINUTE + 1
        desk.told()
        finished, paused = await desk.service.control("ann", list_id, Action.PAUSE)
        assert (finished.state, paused.state) == (wire.State.COMPLETED, wire.State.PAUSED)
        assert desk.kinds() == ["TimerCompleted", "TimerUpdate"]

    run(tmp_path, play)


def test_a_refused_command_leaves_what_is_due_to_the_scheduler(tmp_path):
    async def play(desk):
        list_id, _ = await desk.running(MINUTE, MINUTE)
        desk.clock.wall += MINUTE
        with pytest.raises(Conflict):
            await desk.service.control("ann", list_id, Action.RESUME)
        assert desk.told() == []
        await desk.complete(list_id)
        assert desk.kinds() == ["TimerCompleted", "TimerUpdate"]

    run(tmp_path, play)


def test_a_completion_tells_when_it_was_due_and_when_it_fired(tmp_path):
    async def play(desk):
        list_id, (a, b) = await desk.running(MINUTE, 2 * MINUTE)
        late = []
        desk.service.on_lateness = late.append
        desk.clock.wall += MINUTE + 250
        await desk.complete(list_id)
        await desk.complete(list_id)
        done, following = desk.told()
        assert (done.timer.id, done.due_at, done.fired_at, done.notify) == (
            a,
            NOON + MINUTE,
            NOON + MINUTE + 250,
            True,
        )
        assert done.timer.state is wire.State.COMPLETED
        assert (following.timer.id, following.timer.due_at) == (b, NOON + 3 * MINUTE)
        assert following.remaining_time == 120
        assert late == [0.25]

    run(tmp_path, play)


def test_after_days_away_a_loop_tells_so_many_completions_and_goes_on_in_its_phase(tmp_path):
    async def play(desk):
        list_id, (a, _) = await desk.running(2_000, 3_000, loop=True)
        desk.clock.wall += 30 * 24 * 60 * MINUTE + 2_500
        await desk.complete(list_id)
        told = desk.told()
        completed = [event for event in told if isinstance(event, wire.TimerCompleted)]
        assert len(completed) == TOLD + 1
        assert completed[TOLD - 1].due_at == NOON + TOLD // 2 * 5_000
        assert (completed[-1].timer.id, completed[-1].due_at) == (a, desk.clock.wall - 500)
        assert desk.service.deadlines() == [Deadline("ann", list_id, desk.clock.wall + 2_500)]
        fresh = desk.service.list("ann", list_id).timers
        assert {event.timer.id: event.timer for event in told} == {timer.id: timer for timer in fresh}

    run(tmp_path, play)


def test_the_id_of_a_completion_follows_from_the_timer(tmp_path):
    async def play(desk):
        (tmp_path / "copy").mkdir()
        list_id, _ = await desk.running(MINUTE)
        copy = tmp_path / "copy" / "timers.sqlite3"
        await desk.store.write(lambda _: None)
        desk.store.read(lambda _: None)
        desk.store._reader.execute("VACUUM INTO ?", (str(copy),))
        desk.clock.wall += MINUTE
        await desk.complete(list_id)
        async with opened(tmp_path / "copy", desk.clock, names=()) as restored:
            await restored.complete(list_id)
            assert [event.event_id for event in restored.told()] == [event.event_id for event in desk.told()]

    run(tmp_path, play)


@pytest.mark.parametrize("quiet", ["timer", "settings"])
def test_who_wants_no_notification_is_told_of_the_completion_without_one(tmp_path, quiet):
    async def play(desk):
        list_id, (timer_id,) = await desk.running(MINUTE)
        if quiet == "timer":
            said = wire.TimerChange(send_notification_on_complete=False)
            await desk.service.change_timer("ann", timer_id, said)
        else:
            await desk.service.change_settings("ann", wire.Settings(notifications_enabled=False))
        desk.clock.wall += MINUTE
        desk.told()
        await desk.complete(list_id)
        (done,) = desk.told()
        assert not done.notify

    run(tmp_path, play)


def test_a_running_timer_made_shorter_than_what_ran_is_over_at_once(tmp_path):
    async def play(desk):
        _, (a, _) = await desk.running(10 * MINUTE, MINUTE)
        desk.clock.wall += 5 * MINUTE
        changed = await desk.service.change_timer("ann", a, wire.TimerChange(duration=MINUTE))
        assert changed.state is wire.State.COMPLETED
        done, following = desk.told()
        assert (done.due_at, done.fired_at) == (NOON + 5 * MINUTE, NOON + 5 * MINUTE)
        assert following.timer.due_at == NOON + 6 * MINUTE

    run(tmp_path, play)


def test_a_call_that_is_cancelled_is_delivered_all_the_same(tmp_path):
    async def play(desk):
        call = asyncio.ensure_future(desk.service.create_list("ann", wire.ListCreate(name="x")))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await desk.store.write(lambda _: None)
        assert desk.kinds() == ["TimerListUpdate"]

    run(tmp_path, play)


# ---- settings


def test_settings_are_kept_and_told(tmp_path):
    async def play(desk):
        assert desk.service.settings("ann") == wire.Settings()
        list_id, _ = await desk.list_of()
        desk.told()
        said = wire.Settings(default_timer_list_id=list_id, daily_pomodoro_goal=3)
        assert await desk.service.change_settings("ann", said) == said == desk.service.settings("ann")
        await desk.service.change_settings("ann", said)
        (event,) = desk.told()
        assert event.settings == said
        await desk.service.delete_list("ann", list_id)
        _, event = desk.told()
        assert event.settings == desk.service.settings("ann") == wire.Settings(daily_pomodoro_goal=3)

    run(tmp_path, play)


# ---- events


def test_events_are_numbered_without_a_gap_for_each_user_and_delivered_in_order(tmp_path):
    async def play(desk):
        made = await asyncio.gather(
            *(desk.list_of(MINUTE, MINUTE, user=user) for user in ("ann", "bob") * 10)
        )
        assert len(made) == 20
        for user in ("ann", "bob"):
            assert [one.seq for one in desk.delivered if one.user == user] == list(range(1, 31))
        assert kept(desk) == [
            event for one, event in zip(list(desk.delivered), desk.told(), strict=True) if one.user == "ann"
        ]

    run(tmp_path, play)


def test_a_client_that_comes_back_gets_what_it_missed(tmp_path):
    async def play(desk):
        await desk.list_of(MINUTE)
        texts = [event.text for event in desk.delivered]
        epoch = desk.told()[0].epoch
        got = desk.service.resume("ann", 1, epoch)
        assert (got.events, got.seq) == (tuple(texts[1:]), 2)
        assert b'"recovered":true,"epoch":"%s","seq":2' % epoch.encode() in got.welcome
        assert desk.service.resume("ann", 2, epoch).events == ()

    run(tmp_path, play)


@pytest.mark.parametrize(
    ("since", "epoch"),
    [(0, "other"), (0, None), (99, "right"), (0, "right"), (-1, "right"), (10**30, "right")],
)
def test_a_client_that_cannot_catch_up_gets_a_snapshot(tmp_path, since, epoch):
    async def play(desk):
        await desk.list_of(MINUTE, MINUTE, MINUTE)
        right = desk.told()[0].epoch
        got = desk.service.resume("ann", since, right if epoch == "right" else epoch)
        assert got.events == ()
        assert b'"recovered":false' in got.welcome
        assert wire.encode(desk.service.lists("ann")) in got.welcome

    run(tmp_path, play, events_kept=3)


def test_the_last_events_are_kept(tmp_path):
    async def play(desk):
        await desk.list_of(MINUTE, MINUTE, MINUTE)
        assert [event.seq for event in kept(desk)] == [2, 3, 4]

    run(tmp_path, play, events_kept=3)


# ---- acknowledgements


def test_a_notification_is_withdrawn_once_when_the_first_device_acknowledges_it(tmp_path):
    async def play(desk):
        list_id, _ = await desk.running(MINUTE, MINUTE)
        desk.clock.wall += MINUTE
        await desk.complete(list_id)
        done, following = desk.told()
        await desk.service.acknowledge("ann", "phone", following.seq)
        (event,) = desk.told()
        assert (event.completed_seq, event.completed_event_id) == (done.seq, done.event_id)
        await desk.service.acknowledge("ann", "phone", following.seq)
        await desk.service.acknowledge("ann", "desk", following.seq)
        assert desk.told() == []

    run(tmp_path, play)


def test_only_what_wanted_to_be_told_is_withdrawn_and_not_beyond_what_was_acknowledged(tmp_path):
    async def play(desk):
        list_id, (a, _, _) = await desk.running(MINUTE, MINUTE, MINUTE)
        await desk.service.change_timer("ann", a, wire.TimerChange(send_notification_on_complete=False))
        desk.told()
        for _ in range(3):
            desk.clock.wall += MINUTE
            await desk.complete(list_id)
        second, third = (event for event in desk.told() if getattr(event, "notify", False))
        await desk.service.acknowledge("ann", "phone", third.seq - 1)
        assert [event.completed_seq for event in desk.told()] == [second.seq]
        await desk.service.acknowledge("bob", "phone", 10**9)
        assert desk.told() == []

    run(tmp_path, play)


def test_an_acknowledgement_of_the_future_counts_for_what_there_is(tmp_path):
    async def play(desk):
        await desk.list_of(MINUTE)
        await desk.service.acknowledge("ann", "phone", 10**9)
        assert desk.store.read(lambda connection: devices.acked(connection, "ann")) == 2

    run(tmp_path, play)


def test_devices_without_end_are_not_kept(tmp_path):
    async def play(desk):
        await desk.list_of(*[MINUTE] * 8)
        for number in range(devices.MOST + 10):
            await desk.service.acknowledge("ann", f"tab-{number}", 1 + number % 5)
        rows = desk.store.read(
            lambda connection: connection.execute("SELECT count(*), max(acked_seq) FROM devices").fetchone()
        )
        assert rows == (devices.MOST, 5)

    run(tmp_path, play)


def test_a_service_that_would_keep_no_event_is_not_made(tmp_path):
    async def scene():
        with pytest.raises(UsageError, match="events_kept is 0"):
            async with opened(tmp_path, events_kept=0):
                pass

    asyncio.run(scene())
