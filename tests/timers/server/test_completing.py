import asyncio

import pytest

from timers.server.desk import NOON, kept, opened
from ws101.timers import schedule
from ws101.timers.server.scheduler import Scheduler
from ws101.timers.store import lists
from ws101.timers.store.lists import Deadline

MINUTE = 60_000


def acting(tmp_path):
    """Run what is decorated with a desk, and the deadlines that it has told."""

    def run(act):
        async def scene():
            async with opened(tmp_path) as desk:
                deadlines = {}
                desk.service.on_deadline = lambda one: deadlines.update({one.list_id: one.due_at})
                await act(desk, deadlines)

        asyncio.run(scene())

    return run


def found(desk, list_id, user="ann"):
    return desk.store.read(lambda connection: lists.find(connection, user, list_id))


async def spoil(desk, list_id):
    """Write what no version writes."""
    odd = "UPDATE timers SET state = 'ODD' WHERE list = ?"
    await desk.store.write(lambda connection: connection.execute(odd, (list_id,)).rowcount)


def test_each_list_is_as_it_would_be_alone_and_its_next_deadline_is_told(tmp_path):
    @acting(tmp_path)
    async def _(desk, deadlines):
        made = {
            (await desk.running(*durations, user=user, loop=loop))[0]: user
            for user in ("ann", "bob", "ann")
            for durations, loop in (
                ((MINUTE,), False),
                ((MINUTE, 9 * MINUTE), False),
                ((MINUTE, MINUTE), True),
            )
        }
        before = {list_id: found(desk, list_id, user) for list_id, user in made.items()}
        desk.clock.wall += 90_000
        due = [Deadline(user, list_id, NOON + MINUTE) for list_id, user in made.items()]
        await desk.service.complete(sorted(due))
        for list_id, user in made.items():
            expected = schedule.advance(before[list_id], desk.clock.wall).timers
            assert found(desk, list_id, user) == expected
            assert deadlines[list_id] == schedule.deadline(expected)
        told = desk.told()
        assert sorted(event.list_id for event in told if event.event_id) == sorted(
            [*made, *(list_id for list_id in made if len(before[list_id].timers) > 1)]
        )


def test_what_one_transaction_tells_a_user_is_numbered_without_a_gap_in_one_row(tmp_path):
    @acting(tmp_path)
    async def _(desk, _):
        made = [(await desk.running(MINUTE))[0] for _ in range(5)]
        rows = "SELECT count(*) FROM events"
        before = desk.store.look(lambda connection: connection.execute(rows).fetchone()[0])
        desk.clock.wall += MINUTE
        await desk.service.complete([Deadline("ann", list_id, None) for list_id in made])
        assert desk.store.look(lambda connection: connection.execute(rows).fetchone()[0]) == before + 1
        events = kept(desk)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.list_id for event in events[-5:]] == made
        assert [event.seq for event in desk.told()] == [event.seq for event in events[-5:]]


def test_lists_that_are_gone_anothers_or_not_due_are_left_as_they_are(tmp_path):
    @acting(tmp_path)
    async def _(desk, deadlines):
        bobs, _ = await desk.running(MINUTE, user="bob")
        late, _ = await desk.running(5 * MINUTE)
        desk.clock.wall += MINUTE
        await desk.service.complete([Deadline("ann", one, NOON) for one in (bobs, "gone", late)])
        assert deadlines["gone"] is None
        assert deadlines[bobs] is None, "ann has no such list"
        assert deadlines[late] == NOON + 5 * MINUTE
        assert desk.told() == []
        assert schedule.deadline(found(desk, bobs, "bob")) == NOON + MINUTE


def test_where_one_list_cannot_be_completed_none_is(tmp_path):
    @acting(tmp_path)
    async def _(desk, _):
        good, bad = (await desk.running(MINUTE))[0], (await desk.running(MINUTE))[0]
        await spoil(desk, bad)
        desk.clock.wall += MINUTE
        with pytest.raises(KeyError):
            await desk.service.complete([Deadline("ann", good, NOON), Deadline("ann", bad, NOON)])
        assert desk.told() == []
        assert schedule.deadline(found(desk, good)) == NOON + MINUTE


def test_the_scheduler_completes_the_others_all_the_same(tmp_path):
    @acting(tmp_path)
    async def _(desk, _):
        said = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context["message"]))
        made = [(await desk.running(MINUTE))[0] for _ in range(4)]
        await spoil(desk, made[2])
        scheduler = Scheduler(desk.service, desk.clock)
        desk.clock.wall += MINUTE
        scheduler.start()
        await scheduler.stop()
        assert sorted(event.list_id for event in desk.told()) == sorted([*made[:2], made[3]])
        assert said == ["1 lists could not be completed and are tried again"]
