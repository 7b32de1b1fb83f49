"""Completes what fell due in many lists of many users in one transaction, with few statements for all of them.

What comes of each list is what a command that changes nothing would make of it. Knows no clock and tells nobody.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from ws101.timers import schedule, telling, wire
from ws101.timers.schedule import Completion
from ws101.timers.store import lists, outbox, preferences
from ws101.timers.store.lists import Deadline, Run
from ws101.timers.store.outbox import Connection


class Completed(NamedTuple):
    """What a transaction did to the lists that were due: their next deadlines, and what was completed."""

    deadlines: list[Deadline]
    completed: list[Completion]


def complete(connection: Connection, due: Sequence[Deadline], now: int) -> Completed:
    """Complete what fell due in the lists by now, each named once; of those of one user that stand together, events are one row."""
    found, runs, done = lists.find_many(connection, due), list[Run](), Completed([], [])
    for user, its in groupby(due, attrgetter("user")):
        drafts = list[wire.Event]()
        notify = preferences.find(connection, user).notifications_enabled
        for deadline in its:
            before = found.get(deadline.list_id)
            if before is None:  # or it has no timers, so that nothing is due
                done.deadlines.append(deadline._replace(due_at=None))
                continue
            after, completed, _ = schedule.advance(before, now)
            if completed:
                ran = schedule.ran(before, after)
                drafts += completions(before.id, completed, now, notify=notify)
                drafts += telling.progress(before.id, ran, completed, now)
                runs += [(user, before.id, timer) for timer in ran]
                done.completed.extend(completed)
            done.deadlines.append(Deadline(user, before.id, schedule.deadline(after)))
        outbox.append(connection, user, drafts)
    lists.save_runs(connection, runs)
    return done


def completions(list_id: str, completed: Sequence[Completion], now: int, *, notify: bool) -> list[wire.Event]:
    """Return the events of completions; `notify` tells whether the user wants to be told of any."""
    return [telling.completion(list_id, done, now, notify=notify) for done in completed]
