"""Kills the service at random points under load, again and again, and then holds what is on disk against what was told."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import accumulate, cycle, islice
from pathlib import Path

import msgspec

from timers.server.doomed import LEFT_ALONE

TESTS = Path(__file__).resolve().parents[2]
ROUNDS = 8
PATIENCE = 60  # seconds; a busy machine is slow


class Told:
    """What a reader has, who resumes from it each time."""

    def __init__(self):
        self.texts, self.epoch = [], ""

    @property
    def seq(self):
        return len(self.texts)

    def hear(self, line):
        if line.endswith(b"\n"):  # the last line of one that was killed may be cut off: it was not heard
            event = msgspec.json.decode(line)
            assert event["seq"] == self.seq + 1, f"after {self.seq} the reader was told {event}"
            self.epoch = event["epoch"]
            self.texts.append(line.rstrip(b"\n"))


def run(directory, told, seed, *, lines=None):
    """Run the service until it told so many lines, and kill it; without `lines` let it settle and end."""
    command = [sys.executable, "-m", "timers.server.doomed", directory, told.seq, told.epoch, seed]
    if lines is None:
        command.append("settle")
    process = subprocess.Popen([str(part) for part in command], cwd=TESTS, stdout=subprocess.PIPE)
    overdue = threading.Timer(PATIENCE, process.kill)
    overdue.start()
    with process, process.stdout as output:
        for line in output:
            told.hear(line)
            lines = lines - 1 if lines is not None else None
            if lines == 0:
                time.sleep(random.random() / 100)  # or it would always die just after it told something
                os.kill(process.pid, signal.SIGKILL)
    assert overdue.is_alive(), "it did not tell enough in time"
    overdue.cancel()
    assert process.returncode == (0 if lines is None else -signal.SIGKILL)


def test_killed_at_any_point_it_loses_nothing_and_fires_nothing_twice(tmp_path):
    seed = int(os.environ.get("WS101_SEED") or random.randrange(10**6))
    print(f"WS101_SEED={seed}")
    dice, told = random.Random(seed), Told()
    for _ in range(ROUNDS):
        run(tmp_path, told, dice.randrange(10**6), lines=dice.randint(1, dice.choice([20, 200, 1500])))
    last_start = time.time_ns() // 1_000_000
    run(tmp_path, told, 0)

    with sqlite3.connect(tmp_path / "timers.sqlite3") as database:
        stored = database.execute("SELECT seq, event_id, text FROM events ORDER BY seq").fetchall()
        rows = database.execute("SELECT id, state, due_at, version FROM timers").fetchall()
        (counted,) = database.execute("SELECT seq FROM counters").fetchone()
    database.close()
    assert [seq for seq, _, _ in stored] == list(range(1, counted + 1))
    assert told.texts == [text for _, _, text in stored]
    assert [
        each for each, number in Counter(event_id for _, event_id, _ in stored).items() if number > 1
    ] == []
    events = [msgspec.json.decode(text) for _, _, text in stored]
    _chains_are_whole(events)
    _undisturbed_lists_ran_as_if_nothing_had_happened(events, last_start)
    _rows_are_what_was_told(events, rows)
    assert sum(event["type"] == "TimerCompleted" for event in events) > 100


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
