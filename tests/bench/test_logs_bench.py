"""The measurements of logs run, whatever they find: on small logs, beside whatever peers are here."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parent.parent.parent / "bench" / "logs.py"


@pytest.mark.parametrize(("only", "what"), [("answer", "first answer, in times of grep -c"), ("bulk", "attempts a second and core"), ("follow", "line written to line shown")])  # fmt: skip
def test_every_measure_has_a_figure(only, what):
    command = (
        sys.executable,
        str(BENCH),
        "--only",
        only,
        "--mib",
        "8",
        "--repeat",
        "1",
        "--shares",
        "0.001",
        "--seconds",
        "1",
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith(what)]
    assert len(rows) == (3 if only == "bulk" else 1)
    assert not any("not measured" in row for row in rows)
    assert only != "answer" or "counts are right" in done.stdout
