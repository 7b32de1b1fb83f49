"""The schedule against a model that knows no formula: it lets each millisecond pass and counts."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec import Struct
from msgspec.structs import replace

from ws101.timers import schedule
from ws101.timers.schedule import Action, Impossible, Timer, TimerList

NAMES = "abcd"
OFTEN = st.sampled_from([True, True, True, False])


class Clockwork(Struct):
    """A timer that is wound up and ticks."""

    name: str
    duration: int
    enabled: bool
    state: str = "IDLE"
    ran: int = 0


class Naive:
    def __init__(self, works, loop):
        self.works, self.loop, self.now, self.told = works, loop, 0, []

    def tick(self):
        self.now += 1
        for work in self.works:
            if work.state == "RUNNING":
                work.ran += 1
                break
        self.ring()

    def ring(self):
        while over := [work for work in self.works if work.state == "RUNNING" and work.ran >= work.duration]:
            (work,) = over
            work.state = "COMPLETED"
            self.told.append((work.name, self.now))
            index = self.works.index(work)
            queue = self.works[index + 1 :] + (self.works[: index + 1] if self.loop else [])
            for candidate in queue:
                if candidate.enabled:
                    candidate.state, candidate.ran = "RUNNING", 0
                    break

    def busy(self):
        return [work for work in self.works if work.state in ("RUNNING", "PAUSED")]

    def command(self, action, name):
        """Return whether it was possible."""
        named = [work for work in self.works if work.name == name]
        enabled = [work for work in self.works if work.enabled]
        if action in (Action.START, Action.RESTART):
            wanted = named or (self.busy() if action is Action.RESTART else []) or enabled
            if not wanted or not wanted[0].enabled:
                return False
            if [work for work in self.busy() if action is Action.START or work is not wanted[0]]:
                return False
            wanted[0].state, wanted[0].ran = "RUNNING", 0
            return True
        fits = {Action.PAUSE: ["RUNNING"], Action.RESUME: ["PAUSED"], Action.STOP: ["RUNNING", "PAUSED"]}[
            action
        ]
        targets = [work for work in named or self.busy() if work.state in fits]
        for work in targets:
            work.state = {Action.PAUSE: "PAUSED", Action.RESUME: "RUNNING", Action.STOP: "STOPPED"}[action]
        self.ring()
        return bool(targets)

    def lasting(self, name, duration):
        (work,) = (work for work in self.works if work.name == name)
        busy = work.state in ("RUNNING", "PAUSED")
        work.duration = duration
        work.ran = min(work.ran, duration) if busy else work.ran
        self.ring()

    def left(self, work):
        if work.state == "IDLE":
            return work.duration
        return 0 if work.state == "COMPLETED" else max(0, work.duration - work.ran)


class AgainstTheModel(RuleBasedStateMachine):
    @initialize(
        timers=st.lists(st.tuples(st.integers(1, 60), OFTEN), min_size=1, max_size=4),
        loop=st.booleans(),
    )
    def begin(self, timers, loop):
        named = list(zip(NAMES, timers, strict=False))
        self.model = Naive([Clockwork(name, duration, enabled) for name, (duration, enabled) in named], loop)
        kept = tuple(
            Timer(id=name, name=name, duration=duration, enabled=enabled, order=place)
            for place, (name, (duration, enabled)) in enumerate(named)
        )
        self.list, self.told, self.now = TimerList(id="l", name="l", timers=kept, loop_timers=loop), [], 0

    @rule(milliseconds=st.integers(0, 20))
    def wait_unseen(self, milliseconds):
        self.now += milliseconds

    @rule(milliseconds=st.integers(2_000, 9_000))
    def be_away(self, milliseconds):
        self.now += milliseconds

    @rule(milliseconds=st.integers(0, 20))
    def look(self, milliseconds):
        self.now += milliseconds
        self.catch_up()

    @rule(action=st.sampled_from(Action), name=st.sampled_from([None, None, None, None, *NAMES]))
    def command(self, action, name):
        if name not in [None, *(timer.id for timer in self.list.timers)]:
            return
        self.catch_up()
        possible = self.model.command(action, name)
        try:
            self.list = schedule.command(self.list, action, self.now, name)
        except Impossible:
            assert not possible
        else:
            assert possible
        self.catch_up()

    @rule(place=st.integers(0, 3), duration=st.integers(1, 60))
    def change_duration(self, place, duration):
        if place >= len(self.list.timers):
            return
        self.catch_up()
        timer = self.list.timers[place]
        self.list = schedule.with_timer(self.list, schedule.lasting(timer, duration, self.now))
        self.model.lasting(timer.id, duration)
        self.catch_up()

    @rule(place=st.integers(0, 3))
    def enable_or_disable(self, place):
        if place >= len(self.list.timers):
            return
        self.catch_up()
        timer = self.list.timers[place]
        self.list = schedule.with_timer(self.list, replace(timer, enabled=not timer.enabled))
        self.model.works[place].enabled = not timer.enabled

    def catch_up(self):
        while self.model.now < self.now:
            self.model.tick()
        self.list, completed, skipped = schedule.advance(self.list, self.now)
        self.told += [(done.timer.id, done.due_at) for done in completed]
        if skipped:  # the model tells them all
            assert len(completed) >= schedule.TOLD
            assert len(self.told) + skipped == len(self.model.told)
            self.told = list(self.model.told)

    @invariant()
    def they_agree(self):
        if not hasattr(self, "model") or self.model.now != self.now:
            return
        assert self.told == self.model.told
        for timer, work in zip(self.list.timers, self.model.works, strict=True):
            assert timer.state == work.state
            assert schedule.remaining(timer, self.now) == self.model.left(work)
        assert sum(timer.active for timer in self.list.timers) <= 1


AgainstTheModel.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestAgainstTheModel = AgainstTheModel.TestCase
