import asyncio
import random
from contextlib import asynccontextmanager, suppress
from itertools import accumulate, cycle, islice

import msgspec

from timers.server.clockwork import Clockwork
from timers.server.desk import NOON, opened
from ws101.timers.clock import SystemClock
from ws101.timers.schedule import Action
from ws101.timers.server import scheduler as scheduler_module
from ws101.timers.server.denial import Conflict
from ws101.timers.server.scheduler import Scheduler
from ws101.timers.store.lists import Deadline

MINUTE = 60_000
PATIENCE = 60  # seconds; a busy machine is slow


class Lists:
    """A service that only notes what is completed, and tells what is due then."""

    def __init__(self, *deadlines):
        self.standing = {one.list_id: one for one in deadlines}
        self.completed, self.after, self.fault, self.bad = [], {}, None, None
        self.together, self.most_users = [], 0
        self.on_deadline = None
        self.asked = 0
        self.noticed = asyncio.Event()

    def deadlines(self):
        self.asked += 1
        return list(self.standing.values())

    async def complete(self, due):
        await asyncio.sleep(0)  # as the service, which answers later
        self.noticed.set()
        if self.fault is not None and (self.bad is None or self.bad in {one.list_id for one in due}):
            raise self.fault
        self.together.append(len(due))
        self.most_users = max(self.most_users, len({one.user for one in due}))
        for user, list_id, _ in due:
            self.completed.append(list_id)
            self.on_deadline(Deadline(user, list_id, self.after.get(list_id)))

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self.noticed.clear()
                await self.noticed.wait()


@asynccontextmanager
async def scheduling(*deadlines):
    lists, clock = Lists(*deadlines), Clockwork()
    scheduler = Scheduler(lists, clock)
    scheduler.start()
    try:
        yield lists, clock, scheduler
    finally:
        await scheduler.stop()


async def quiet(scheduler):
    """Wait until nothing is being completed."""
    while scheduler._firing is not None:
        await asyncio.wait([scheduler._firing])
        await asyncio.sleep(0)


def due(list_id, after):
    return Deadline("ann", list_id, NOON + after)


def test_what_fell_due_meanwhile_is_completed_at_the_start_and_the_rest_waits():
    async def scene():
        async with scheduling(due("past", -MINUTE), due("now", 0), due("later", 1)) as (lists, _, scheduler):
            await lists.until(lambda: len(lists.completed) == 2)
            assert lists.completed == ["past", "now"]
            assert scheduler.pending == 1
            assert lists.asked == 1

    asyncio.run(scene())


def test_a_list_is_completed_by_the_clock_and_not_before():
    async def scene():
        async with scheduling(due("a", 10 * MINUTE)) as (lists, clock, scheduler):
            clock.wall += 10 * MINUTE - 1
            scheduler.look()
            await quiet(scheduler)
            assert lists.completed == []
            clock.wall += 1
            scheduler.look()
            await lists.until(lambda: lists.completed == ["a"])

    asyncio.run(scene())


def test_a_changed_deadline_takes_the_place_of_the_one_before():
    async def scene():
        async with scheduling(due("a", MINUTE), due("b", MINUTE)) as (lists, clock, scheduler):
            scheduler.expect(due("a", 5 * MINUTE))
            scheduler.expect(Deadline("ann", "b", None))
            assert scheduler.pending == 1
            clock.wall += 2 * MINUTE
            scheduler.look()
            await quiet(scheduler)
            assert lists.completed == []
            scheduler.expect(due("a", 3 * MINUTE))
            clock.wall += MINUTE
            scheduler.look()
            await lists.until(lambda: lists.completed == ["a"])
            assert scheduler.pending == 0

    asyncio.run(scene())


def test_what_is_due_next_after_a_completion_is_waited_for():
    async def scene():
        async with scheduling() as (lists, clock, scheduler):
            lists.after["a"] = NOON + 2 * MINUTE
            scheduler.expect(due("a", 0))
            await lists.until(lambda: lists.completed == ["a"])
            assert scheduler.pending == 1
            clock.wall += 2 * MINUTE
            scheduler.look()
            await lists.until(lambda: lists.completed == ["a", "a"])

    asyncio.run(scene())


def test_a_clock_that_is_set_forward_is_noticed_without_a_call(monkeypatch):
    monkeypatch.setattr(scheduler_module, "LONGEST_SLEEP", 0.001)

    async def scene():
        async with scheduling(due("a", 1000 * MINUTE)) as (lists, clock, _):
            clock.wall += 1000 * MINUTE
            await lists.until(lambda: lists.completed == ["a"])
            assert lists.asked == 1

    asyncio.run(scene())


def test_what_could_not_be_written_is_tried_again():
    async def scene():
        said = []
        async with scheduling() as (lists, clock, scheduler):

            def note(_, context):
                said.append(context["message"])
                lists.noticed.set()

            asyncio.get_running_loop().set_exception_handler(note)
            lists.fault = OSError("full")
            scheduler.expect(due("a", 0))
            await lists.until(lambda: said)
            assert said == ["1 lists could not be completed and are tried again"]
            lists.fault = None
            clock.wall += scheduler_module.RETRY
            scheduler.look()
            await lists.until(lambda: lists.completed == ["a"])

    asyncio.run(scene())


def test_one_that_cannot_be_completed_is_in_no_others_way():
    async def scene():
        said = []
        async with scheduling() as (lists, clock, scheduler):
            asyncio.get_running_loop().set_exception_handler(
                lambda _, context: said.append(context["message"])
            )
            lists.fault, lists.bad = ValueError("odd"), "b"
            for name in "abc":
                scheduler.expect(due(name, MINUTE))
            clock.wall += MINUTE
            scheduler.look()
            await quiet(scheduler)
            assert sorted(lists.completed) == ["a", "c"]
            assert said == ["1 lists could not be completed and are tried again"]
            assert scheduler.pending == 1
            lists.fault = None
            clock.wall += scheduler_module.RETRY
            scheduler.look()
            await quiet(scheduler)
            assert sorted(lists.completed) == ["a", "b", "c"]

    asyncio.run(scene())


def test_what_is_due_at_once_is_completed_in_a_few_pieces_each_of_few_users():
    async def scene():
        async with scheduling() as (lists, clock, scheduler):
            chunk, users = scheduler_module.CHUNK, 16
            for number in range(4 * chunk):
                scheduler.expect(Deadline(f"user {number % users}", f"list {number}", NOON + MINUTE))
            clock.wall += MINUTE
            scheduler.look()
            await quiet(scheduler)
            assert lists.together == [chunk] * 4
            assert lists.most_users == users // 4

    asyncio.run(scene())


def test_more_than_one_look_takes_is_taken_by_the_next(monkeypatch):
    monkeypatch.setattr(scheduler_module, "MOST", 10)

    async def scene():
        async with scheduling(*(due(f"list {number}", -number) for number in range(25))) as (lists, _, _):
            await lists.until(lambda: len(lists.completed) == 25)
            assert lists.together == [10, 10, 5]
            assert lists.completed[:1] == ["list 24"]

    asyncio.run(scene())


def test_nothing_begins_after_the_stop():
    async def scene():
        async with scheduling(due("a", MINUTE)) as (lists, clock, scheduler):
            await scheduler.stop()
            clock.wall += 2 * MINUTE
            scheduler.look()
            scheduler.expect(due("b", 0))
            await quiet(scheduler)
            assert lists.completed == []

    asyncio.run(scene())


def test_old_deadlines_do_not_pile_up():
    async def scene():
        async with scheduling() as (_, _, scheduler):
            for number in range(10_000):
                scheduler.expect(due("a", MINUTE + number))
            assert len(scheduler._heap) <= scheduler_module.CHUNK + 3
            assert scheduler.pending == 1

    asyncio.run(scene())


def test_many_that_are_due_in_one_moment_are_completed_together(tmp_path):
    async def scene():
        async with opened(tmp_path) as desk:
            scheduler = Scheduler(desk.service, desk.clock)
            scheduler.start()
            for _ in range(90):
                await desk.running(MINUTE)
            commits = []
            commit = desk.store._commit
            desk.store._commit = lambda group: (commits.append(len(group)), commit(group))
            desk.clock.wall += MINUTE
            scheduler.look()
            await scheduler.stop()
            assert desk.kinds() == ["TimerCompleted"] * 90
            assert len(commits) < 45

    asyncio.run(scene())


def test_what_fell_due_while_the_service_was_away_fires_at_its_start_with_both_times(tmp_path):
    clock = Clockwork()

    async def before():
        async with opened(tmp_path, clock) as desk:
            await desk.running(MINUTE, MINUTE, 10 * MINUTE)

    async def after():
        async with opened(tmp_path, clock, names=()) as desk:
            scheduler = Scheduler(desk.service, clock)
            scheduler.start()
            await scheduler.stop()
            return desk.told()

    asyncio.run(before())
    clock.wall += 5 * MINUTE
    first, second, following = asyncio.run(after())
    assert [(done.due_at, done.fired_at) for done in (first, second)] == [
        (NOON + MINUTE, NOON + 5 * MINUTE),
        (NOON + 2 * MINUTE, NOON + 5 * MINUTE),
    ]
    assert following.timer.due_at == NOON + 12 * MINUTE


class Completed(msgspec.Struct, tag="TimerCompleted", rename="camel"):
    """What is read here of the event: the wire's own shape does not take durations as short as these."""

    list_id: str
    due_at: int


def test_a_real_clock_and_commands_at_the_same_time_leave_no_completion_out(tmp_path):
    async def scene():
        async with opened(tmp_path, SystemClock()) as desk:
            scheduler = Scheduler(desk.service, SystemClock())
            scheduler.start()
            list_id, _ = await desk.list_of(23, 31, loop=True)
            (began, *_) = await desk.service.control("ann", list_id, Action.START)
            others = [(await desk.list_of(17, 19, loop=True))[0] for _ in range(4)]
            dice = random.Random(7)
            for _ in range(400):
                with suppress(Conflict):
                    await desk.service.control("ann", dice.choice(others), dice.choice(list(Action)))
            await scheduler.stop()
            told = [
                msgspec.json.decode(one.text, type=Completed)
                for one in desk.delivered
                if b'"TimerCompleted"' in one.text
            ]
            moments = [event.due_at for event in told if event.list_id == list_id]
            assert moments == list(islice(accumulate(cycle((31, 23)), initial=began.due_at), len(moments)))
            assert moments

    asyncio.run(scene())
