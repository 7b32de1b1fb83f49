"""One timer for all sockets: each stands in the slot of its next visit, and a tick visits one slot.

Knows nothing of what a visit does. Time is counted in ticks, so a process that was held up counts nobody silent for it.
"""

import asyncio
from typing import Protocol


class Member(Protocol):
    """What is visited; `slot` is the wheel's own to write."""

    slot: int

    def visit(self) -> int:
        """Do what is due; return the ticks until the next visit, 0 for none."""
        ...


class Wheel:
    """Turns once in `tick` seconds while it has members; `now` counts the turns."""

    def __init__(self, tick: float) -> None:
        self.tick = tick
        self.now = 0
        self._slots: dict[int, set[Member]] = {}
        self._handle: asyncio.TimerHandle | None = None

    def ticks(self, seconds: float) -> int:
        """Return how many ticks last at least so long, 1 or more."""
        return max(1, -int(-seconds // self.tick))

    def place(self, member: Member, ticks: int) -> None:
        """Have the member visited in so many ticks; needs a running loop."""
        member.slot = self.now + ticks
        self._slots.setdefault(member.slot, set()).add(member)
        if self._handle is None:
            self._wind()

    def remove(self, member: Member) -> None:
        """Forget a member."""
        slot = self._slots.get(member.slot)
        if slot is not None:
            slot.discard(member)
            if not slot:
                del self._slots[member.slot]

    def turn(self) -> None:
        """Let a tick pass."""
        self.now += 1
        for member in self._slots.pop(self.now, ()):
            again = member.visit()
            if again:
                self.place(member, again)

    def _wind(self) -> None:
        self._handle = asyncio.get_running_loop().call_later(self.tick, self._turn)

    def _turn(self) -> None:
        self._handle = None
        self.turn()
        if self._slots and self._handle is None:
            self._wind()
