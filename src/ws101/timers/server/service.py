"""What can be done to a user's timers: each change is one transaction of rows and events, delivered once it is on disk.

Knows no socket and no HTTP. Everything is asked for by the user's id, and what is another user's is not found. Whatever
fell due by then is completed before any command to the list, in the same transaction.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar
from uuid import uuid4

from ws101.timers import editing, schedule, telling, wire
from ws101.timers.clock import Clock
from ws101.timers.problem import FieldError
from ws101.timers.schedule import Action, Completion, Impossible, TimerList
from ws101.timers.server import completing
from ws101.timers.server.completing import Completed
from ws101.timers.server.denial import Changed, Conflict, Invalid, NotFound
from ws101.timers.store import Store, devices, lists, outbox, preferences
from ws101.timers.store.lists import Deadline
from ws101.timers.store.outbox import Connection

T = TypeVar("T")
Edit = Callable[[TimerList, int], TimerList | None]

MOST_LISTS = 100  # of one user
MOST_WITHDRAWN = 100  # notifications by one acknowledgement: the last ones


class Resumption(NamedTuple):
    """What a client that comes back is sent; what is delivered up to `seq` is in it, and must not be sent again."""

    welcome: bytes
    events: tuple[bytes, ...]
    seq: int
    recovered: bool


class Edited(NamedTuple):
    """What a transaction did to one list: before, after, its next deadline, and what was completed."""

    before: TimerList
    after: TimerList | None
    now: int
    deadline: Deadline
    completed: tuple[Completion, ...]


class Service:
    """The timers of all users.

    After each commit, in the order of commits and on the loop's thread: `on_deadline` gets the deadline of the list, and
    `on_lateness` for each completion the seconds by which it was late.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self.on_deadline: Callable[[Deadline], None] = lambda _: None
        self.on_lateness: Callable[[float], None] = lambda _: None

    # ---- lists

    def lists(self, user: str) -> tuple[wire.TimerList, ...]:
        """Return the user's lists, the oldest first."""
        now = self._clock.now()
        found = self._store.read(lambda connection: lists.find_all(connection, user))
        return tuple(telling.shown_list(timers, now) for timers in found)

    def list(self, user: str, list_id: str) -> wire.TimerList:
        """Return one list."""
        found = self._store.read(lambda connection: lists.find(connection, user, list_id))
        return telling.shown_list(_there(found, "list"), self._clock.now())

    async def create_list(self, user: str, said: wire.ListCreate) -> wire.TimerList:
        """Add a list without timers."""
        timers = editing.list_from(str(uuid4()), said)

        def work(connection: Connection) -> int:
            now = self._clock.now()
            if lists.count(connection, user) >= MOST_LISTS:
                raise Conflict(f"There are {MOST_LISTS} lists already: delete one first.")
            lists.add(connection, user, timers, now)
            outbox.append(connection, user, [telling.created(timers, now)])
            return now

        return telling.shown_list(timers, await self._write(work))

    async def change_list(
        self, user: str, list_id: str, said: wire.ListChange, version: int | None = None
    ) -> wire.TimerList:
        """Change what is said of the list itself."""

        def edit(timers: TimerList, _: int) -> TimerList:
            _same(timers.version, version)
            return editing.change_list(timers, said)

        return _shown(await self._edit(user, list_id, edit))

    async def delete_list(self, user: str, list_id: str, version: int | None = None) -> None:
        """Delete the list with its timers, running or not; settings forget it as the default."""

        def edit(timers: TimerList, _: int) -> None:
            _same(timers.version, version)

        await self._edit(user, list_id, edit)

    async def reorder(
        self, user: str, list_id: str, said: wire.Reorder, version: int | None = None
    ) -> wire.TimerList:
        """Put the list's timers in another order."""

        def edit(timers: TimerList, _: int) -> TimerList:
            _same(timers.version, version)
            if sorted(said.timer_ids) != sorted(timer.id for timer in timers.timers):
                why = FieldError(
                    "/timerIds", f"must name each of the list's {len(timers.timers)} timers once"
                )
                raise Invalid("The order does not fit the list as it is now.", (why,))
            return editing.reorder(timers, said.timer_ids)

        return _shown(await self._edit(user, list_id, edit))

    # ---- timers

    def timer(self, user: str, timer_id: str) -> wire.Timer:
        """Return one timer."""

        def work(connection: Connection) -> TimerList:
            return _there(lists.find(connection, user, _list_of(connection, user, timer_id)), "timer")

        return telling.shown(editing.timer_of(self._store.read(work), timer_id), self._clock.now())

    async def create_timer(self, user: str, said: wire.TimerCreate) -> wire.Timer:
        """Add a timer to the list that is named."""
        timer_id = str(uuid4())
        done = await self._edit(
            user, said.timer_list_id, lambda timers, _: editing.add_timer(timers, timer_id, said)
        )
        return _shown_timer(done, timer_id)

    async def change_timer(
        self, user: str, timer_id: str, said: wire.TimerChange, version: int | None = None
    ) -> wire.Timer:
        """Change what is said of the timer; `editing` and `schedule.lasting` say what that does to one that runs."""

        def edit(timers: TimerList, now: int) -> TimerList:
            _same(editing.timer_of(timers, timer_id).version, version)
            return editing.change_timer(timers, timer_id, said, now)

        return _shown_timer(await self._edit_by_timer(user, timer_id, edit), timer_id)

    async def delete_timer(self, user: str, timer_id: str, version: int | None = None) -> None:
        """Delete the timer, running or not; nothing follows it."""

        def edit(timers: TimerList, _: int) -> TimerList:
            _same(editing.timer_of(timers, timer_id).version, version)
            return editing.remove_timer(timers, timer_id)

        await self._edit_by_timer(user, timer_id, edit)

    async def control(
        self, user: str, list_id: str, action: Action, timer_id: str | None = None
    ) -> tuple[wire.Timer, ...]:
        """Carry out a command, and return the timers that changed, by what fell due until then too."""

        def edit(timers: TimerList, now: int) -> TimerList:
            if timer_id is not None and all(timer.id != timer_id for timer in timers.timers):
                raise NotFound("The list has no timer of this id.")
            return schedule.command(timers, action, now, timer_id)

        done = await self._edit(user, list_id, edit)
        known = {timer.id: timer.version for timer in done.before.timers}
        after = done.after.timers if done.after else ()
        return tuple(
            telling.shown(timer, done.now) for timer in after if known.get(timer.id) != timer.version
        )

    async def complete(self, due: Sequence[Deadline]) -> None:
        """Complete what fell due in the lists, in one transaction; nothing in one that a command was faster with, or that is gone.

        Each is named once. Where one cannot be completed, none is.
        """

        def work(connection: Connection) -> Completed:
            return completing.complete(connection, due, self._clock.now())

        await self._write(work, self._told_completed)

    def deadlines(self) -> Sequence[Deadline]:
        """Return the deadlines of everything that runs."""
        return self._store.read(lists.deadlines)

    # ---- settings

    def settings(self, user: str) -> wire.Settings:
        """Return the user's settings."""
        return self._store.read(lambda connection: preferences.find(connection, user))

    async def change_settings(self, user: str, said: wire.Settings) -> wire.Settings:
        """Replace the user's settings."""

        def work(connection: Connection) -> None:
            default = said.default_timer_list_id
            if default is not None and lists.find(connection, user, default) is None:
                raise Invalid(
                    "The default list is none of yours.",
                    (FieldError("/defaultTimerListId", "is no list of yours"),),
                )
            if preferences.find(connection, user) != said:
                preferences.save(connection, user, said)
                outbox.append(connection, user, [telling.settings_changed(said)])

        await self._write(work)
        return said

    # ---- events

    async def acknowledge(self, user: str, device: str, seq: int) -> None:
        """Note that a device has dealt with the events up to `seq`.

        Notifications of which no device had told so before are withdrawn, by events that the acknowledging device gets too.
        """
        if self._store.read(lambda connection: devices.acked_by(connection, user, device)) >= seq:
            return

        def work(connection: Connection) -> None:
            upto = min(seq, outbox.last_seq(connection, user))
            before = devices.acked(connection, user)
            devices.acknowledge(connection, user, device, upto, self._clock.now())
            done = outbox.notifying(connection, user, before, upto, MOST_WITHDRAWN)
            outbox.append(connection, user, [telling.withdrawn(*completed) for completed in done])

        await self._write(work)

    def resume(self, user: str, since: int, epoch: str | None) -> Resumption:
        """Return what a client has missed since then: the events, or a snapshot where they are not all kept."""
        return self._store.read(lambda connection: self._resumption(connection, user, since, epoch))

    def _resumption(self, connection: Connection, user: str, since: int, epoch: str | None) -> Resumption:
        seq, now = outbox.last_seq(connection, user), self._clock.now()
        known = epoch == connection.epoch and 0 <= since <= seq
        events = outbox.since(connection, user, since) if known else ()
        recovered = known and len(events) == seq - since
        snapshot = None if recovered else _snapshot(connection, user, now)
        welcome = wire.Welcome(
            recovered=recovered, epoch=connection.epoch, seq=seq, server_time=now, snapshot=snapshot
        )
        return Resumption(wire.encode(welcome), events if recovered else (), seq, recovered)

    # ---- the one way in which a list changes

    async def _edit(self, user: str, list_id: str, edit: Edit) -> Edited:
        return await self._write(lambda connection: self._edited(connection, user, list_id, edit), self._told)

    async def _edit_by_timer(self, user: str, timer_id: str, edit: Edit) -> Edited:
        return await self._write(
            lambda connection: self._edited(connection, user, _list_of(connection, user, timer_id), edit),
            self._told,
        )

    def _edited(self, connection: Connection, user: str, list_id: str, edit: Edit) -> Edited:
        now = self._clock.now()  # taken in the transaction, so that times follow the order of commits
        before = _there(lists.find(connection, user, list_id), "list")
        current, completed, _ = schedule.advance(before, now)
        after = edit(current, now)
        if after is not None and after is not current:
            after, more, _ = schedule.advance(after, now)  # a duration was made shorter than what had passed
            completed = (*completed, *more)
        drafts = _completions(connection, user, list_id, completed, now)
        if after is None:
            drafts += _deleted(connection, user, current, now)
        else:
            lists.save(connection, user, before, after)
            drafts += telling.changes(before, after, completed, now)
        due_at = schedule.deadline(after) if after else None
        outbox.append(connection, user, drafts)
        return Edited(before, after, now, Deadline(user, list_id, due_at), completed)

    def _told(self, done: Edited) -> None:
        self.on_deadline(done.deadline)
        self._late(done.completed)

    def _told_completed(self, done: Completed) -> None:
        for deadline in done.deadlines:
            self.on_deadline(deadline)
        self._late(done.completed)

    def _late(self, completed: Sequence[Completion]) -> None:
        now = self._clock.now()
        for completion in completed:
            self.on_lateness(max(0, now - completion.due_at) / 1000)

    async def _write(self, work: Callable[[Connection], T], then: Callable[[T], None] | None = None) -> T:
        try:
            return await self._store.write(work, then)
        except Impossible as why:
            raise Conflict(str(why)) from None
        except sqlite3.IntegrityError:
            raise NotFound("There is no such user any more.") from None


def _snapshot(connection: Connection, user: str, now: int) -> wire.Snapshot:
    return wire.Snapshot(
        lists=tuple(telling.shown_list(timers, now) for timers in lists.find_all(connection, user)),
        settings=preferences.find(connection, user),
    )


def _completions(
    connection: Connection, user: str, list_id: str, completed: Sequence[Completion], now: int
) -> list[wire.Event]:
    if not completed:
        return []
    notify = preferences.find(connection, user).notifications_enabled
    return completing.completions(list_id, completed, now, notify=notify)


def _deleted(connection: Connection, user: str, timers: TimerList, now: int) -> Sequence[wire.Event]:
    was = preferences.find(connection, user)
    lists.delete(connection, user, timers.id)
    settings = preferences.find(connection, user)
    told = [telling.deleted(timers, now)]
    return told if settings == was else [*told, telling.settings_changed(settings)]


def _there(timers: TimerList | None, what: str) -> TimerList:
    if timers is None:
        raise NotFound(f"There is no {what} of this id among yours.")
    return timers


def _list_of(connection: Connection, user: str, timer_id: str) -> str:
    list_id = lists.list_of(connection, user, timer_id)
    if list_id is None:
        raise NotFound("There is no timer of this id among yours.")
    return list_id


def _same(present: int, expected: int | None) -> None:
    if expected is not None and expected != present:
        raise Changed(f"This is version {present} by now, not {expected}: fetch it, and decide again.")


def _shown(done: Edited) -> wire.TimerList:
    return telling.shown_list(_there(done.after, "list"), done.now)


def _shown_timer(done: Edited, timer_id: str) -> wire.Timer:
    return telling.shown(editing.timer_of(_there(done.after, "list"), timer_id), done.now)
