"""Slots, ticks and visits."""

import asyncio

from ws101.timers.server.wheel import Wheel


class Member:
    def __init__(self, *again):
        self.slot, self.visits, self.again = 0, 0, list(again)

    def visit(self):
        self.visits += 1
        return self.again.pop(0) if self.again else 0


def turning(test):
    async def run():
        test(Wheel(60.0))

    asyncio.run(run())


def test_a_member_is_visited_in_its_tick_and_again_as_it_says():
    def test(wheel):
        member = Member(2, 1)
        wheel.place(member, 3)
        seen = []
        for _ in range(8):
            wheel.turn()
            seen.append(member.visits)
        assert seen == [0, 0, 1, 1, 2, 3, 3, 3]
        assert wheel._slots == {}

    turning(test)


def test_who_is_removed_is_visited_no_more():
    def test(wheel):
        gone, stays = Member(), Member()
        wheel.place(gone, 1)
        wheel.place(stays, 1)
        wheel.remove(gone)
        wheel.remove(gone)
        wheel.turn()
        assert (gone.visits, stays.visits) == (0, 1)

    turning(test)


def test_who_is_removed_during_the_same_tick_does_no_harm():
    def test(wheel):
        class Remover(Member):
            def visit(self):
                for member in members:
                    wheel.remove(member)
                return super().visit()

        members = [Remover(), Remover()]
        for member in members:
            wheel.place(member, 1)
        wheel.turn()

    turning(test)


def test_seconds_are_rounded_up_to_ticks():
    wheel = Wheel(0.5)
    assert [wheel.ticks(seconds) for seconds in (0.0, 0.1, 0.5, 0.6, 75.0)] == [1, 1, 1, 2, 150]


def test_it_turns_by_itself_while_it_has_members():
    async def run():
        wheel, member = Wheel(0.001), Member(1, 1)
        wheel.place(member, 1)
        async with asyncio.timeout(20):
            while wheel._slots or wheel._handle:  # noqa: ASYNC110 - nothing tells when it rests
                await asyncio.sleep(0.001)
        assert member.visits == 3

    asyncio.run(run())
