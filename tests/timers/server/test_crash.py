"""Kills the service at random points under load, again and again, and then holds what is on disk against what was told."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from timers.server.audit import Told, audit

TESTS = Path(__file__).resolve().parents[2]
ROUNDS = 8
PATIENCE = 60  # seconds; a busy machine is slow


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
            if line.endswith(b"\n"):  # the last line of one that was killed may be cut off: it was not heard
                told.hear(line.rstrip(b"\n"))
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

    assert told.seq == audit(tmp_path / "timers.sqlite3", told, last_start)
    assert sum(b'"TimerCompleted"' in text for text in told.texts) > 100
