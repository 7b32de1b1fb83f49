"""Holds what is on disk after crashes against what a reader was told, and against the time that has passed."""

import sqlite3
from collections import Counter
from itertools import accumulate, cycle, islice

import msgspec

LEFT_ALONE = (
    "left alone"  # the name of lists that loop over three timers and are never commanded after their start
)


class Told:
    """What a reader has, who resumes from it each time."""

    def __init__(self):
        self.texts, self.epoch = [], ""

    @property
    def seq(self):
        return len(self.texts)

    def hear(self, text):
        event = msgspec.json.decode(text)
        assert event["seq"] == self.seq + 1, f"after {self.seq} the reader was told {event}"
        self.epoch = event["epoch"]
        self.texts.append(text)


def audit(path, told, until):
    """Hold that nothing was lost, nothing happened twice, and what was due by `until` was completed as of its moment.

    Return how many events there are: the last ones the reader may be told only when it comes back.
    """
    with sqlite3.connect(path) as database:
        written = database.execute("SELECT seq, texts FROM events ORDER BY seq").fetchall()
        rows = database.execute("SELECT id, state, due_at, version FROM timers").fetchall()
        (counted,) = database.execute("SELECT seq FROM counters").fetchone()
    database.close()
    stored = [text for _, texts in written for text in texts.split(b"\n")]
    events = [msgspec.json.decode(text) for text in stored]
    assert [event["seq"] for event in events] == list(range(1, counted + 1))
    assert set(accumulate(len(texts.split(b"\n")) for _, texts in written)) == {seq for seq, _ in written}
    assert told.texts == stored[: told.seq]
    fired = Counter(event["eventId"] for event in events)
    assert [event_id for event_id, number in fired.items() if number > 1] == []
    _chains_are_whole(events)
    _undisturbed_lists_ran_as_if_nothing_had_happened(events, until)
    _rows_are_what_was_told(events, rows)
    return counted


def _chains_are_whole(events):
    """Each completion is that of the timer that was running, at its moment; what follows it runs from that moment on."""
    members, running = {}, {}
    for event in events:
        list_id = event.get("listId")
        timer = event.get("timer")
        if timer is None:
            continue
        timers = members.setdefault(list_id, {})
        timers[timer["id"]] = timer
        if event["type"] == "TimerCompleted":
            assert running[list_id] == (timer["id"], event["dueAt"])
            assert event["firedAt"] >= event["dueAt"]
            following = _following(timers, timer)
            running[list_id] = (following["id"], event["dueAt"] + following["duration"])
        elif timer["state"] == "RUNNING":
            running[list_id] = (timer["id"], timer["dueAt"])
        elif running.get(list_id, ("", 0))[0] == timer["id"]:
            del running[list_id]


def _following(timers, timer):
    later = [other for other in timers.values() if other["order"] > timer["order"]]
    return min(later or timers.values(), key=lambda other: other["order"])


def _undisturbed_lists_ran_as_if_nothing_had_happened(events, until):
    names = {event["timerList"]["id"]: event["timerList"]["name"] for event in events if "timerList" in event}
    lists = [list_id for list_id, name in names.items() if name == LEFT_ALONE]
    assert lists
    for list_id in lists:
        mine = [event for event in events if event.get("listId") == list_id]
        durations = [event["timer"]["duration"] for event in mine[:3]]
        first = mine[3]["timer"]["dueAt"]
        moments = [event["dueAt"] for event in mine if event["type"] == "TimerCompleted"]
        turns = islice(cycle(durations), 1, len(moments) + 1)
        *past, ahead = accumulate(turns, initial=first)
        assert moments == past
        assert ahead > until


def _rows_are_what_was_told(events, rows):
    last = {event["timer"]["id"]: event["timer"] for event in events if "timer" in event}
    assert {row[0]: row[1:] for row in rows} == {
        timer_id: (timer["state"], timer["dueAt"], timer["version"]) for timer_id, timer in last.items()
    }
