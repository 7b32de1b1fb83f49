"""Measures how soon `ws101 logs` answers on big logs, beside grep, ripgrep, GoAccess, lnav and docker logs; memory; growth; following.

A peer that is not here is named. `--huge` sends 10 GiB through a pipe; no file of that size is made.
"""

import argparse
import contextlib
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles

from msgspec import Struct, field

from measuring import Goal, environment, table
from traffic import Traffic, Truth, write
from ws101.cli.logs import COLLECTIONS
from ws101.logbook import Desk, Inquiry
from ws101.logs.bulk import Bulk
from ws101.logs.concern import Concern
from ws101.logs.formats import FORMATS
from ws101.logs.reader import Reader
from ws101.logs.rows import Sorter
from ws101.logs.sift import Piece
from ws101.redact import Redactor
from ws101.sources import open_sources
from ws101.sources.scan import Survey

PATH = "/ws/timers"
MAIN_SHARE = 0.001
_LNAV = f";select sc_status, count(*) from access_log where cs_uri_stem = '{PATH}' group by sc_status"
_FOLLOWED = 20_000  # lines a second
_GIB = 1 << 30
_MOMENTS = {
    re.compile(rb"[0-9]{2}/Nov/2026:[0-9:]{8}"): "%d/%b/%Y:%H:%M:%S",
    re.compile(rb"2026/11/[0-9]{2} [0-9:]{8}"): "%Y/%m/%d %H:%M:%S",
    re.compile(rb"2026-11-[0-9]{2}T[0-9:]{8}"): "%Y-%m-%dT%H:%M:%S",
}


class Runs(Struct):
    """The runs of one command: seconds by the clock, seconds of all cores, and the most memory in MiB."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: float = 0.0

    @property
    def median(self) -> float:
        return median(self.wall)


def run(
    command: Sequence[str], environ: Mapping[str, str], runs: Runs, feed: Iterator[bytes] | None = None
) -> str:
    """Run a command once, note what it took, and return what it printed."""
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=environ,
            stdout=out,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        )
        if feed:
            assert process.stdin is not None
            for piece in feed:
                process.stdin.write(piece)
            process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        runs.wall.append(time.perf_counter() - began)
        process.returncode = os.waitstatus_to_exitcode(status)
        runs.cpu.append(usage.ru_utime + usage.ru_stime)
        runs.memory = max(runs.memory, usage.ru_maxrss / 1024)
        out.seek(0)
        text = out.read().decode("utf-8", "replace")
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(command[:4])}: exit status {process.returncode}\n{text[-800:]}")
    return text


def all_of(process: int) -> Iterator[int]:
    """Yield a process and those that it forked."""
    yield process
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        for child in thread.read_text().split():
            yield from all_of(int(child))


def held(command: Sequence[str], environ: Mapping[str, str]) -> float | None:
    """Run a command, and return the most MiB that it and its workers held at once, what they share counted once; None where none tells."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    most = 0
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        while running.poll() is None:
            with contextlib.suppress(OSError):  # one may end while it is asked
                now = [Path(f"/proc/{one}/smaps_rollup").read_text() for one in all_of(running.pid)]
                most = max(most, sum(int(text.partition("Pss:")[2].split()[0]) for text in now))
            time.sleep(0.01)
    return most / 1024


def logs(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "ws101", "logs", *arguments, "--json")


def ripgrep() -> str | None:
    beside = Path(sys.executable).with_name("rg")
    return str(beside) if beside.exists() else shutil.which("rg")


def peers(file: Path, *, slow: bool) -> dict[str, tuple[str, ...]]:
    """Return the peers that are here; the `slow` ones read every line."""
    found: dict[str, tuple[str, ...]] = {"grep -c": ("grep", "-c", PATH, str(file))}
    if program := ripgrep():
        found["rg -c"] = (program, "-c", PATH, str(file))
    if slow and (program := shutil.which("goaccess")):
        found["goaccess"] = (
            program,
            str(file),
            "--log-format=COMBINED",
            "--no-progress",
            "-o",
            f"{file}.goaccess.json",
        )
    if slow and (program := shutil.which("lnav")):
        found["lnav"] = (program, "-n", "-c", _LNAV, str(file))
    return found


def in_turn(
    commands: Mapping[str, Sequence[str]], environ: Mapping[str, str], repeat: int
) -> dict[str, Runs]:
    """Run the commands in turn, so that all of them meet the same machine; the first round counts for nothing."""
    runs = {name: Runs() for name in commands}
    for round_ in range(repeat + 1):
        for name, command in commands.items():
            run(command, environ, runs[name] if round_ else Runs())
    return runs


def made(directory: Path, mib: int, share: float) -> tuple[Path, Truth]:
    path = directory / f"{mib}-{share:g}.log"
    with path.open("wb") as file:
        return path, write(file, Traffic(1, share), mib << 20)


def right(file: Path, truth: Truth, environ: Mapping[str, str]) -> str:
    """Return in words whether every handshake that was refused with a status by nginx is told, and no other."""
    told: Counter[int] = Counter()
    for group in json.loads(run(logs(str(file)), environ, Runs()))["chronicle"]["groups"]:
        told[group["status"]] += group["count"]
    wrong = {s: (told[s], n) for s, n in truth.statuses.items() if s not in {101, 400, 401} and told[s] != n}
    few = {s: (told[s], n) for s, n in truth.statuses.items() if told[s] < n}
    return "counts are right" if not wrong and not few else f"told and true: {wrong | few}"


# ---- what is measured


def first_answer(directory: Path, options: argparse.Namespace, environ: Mapping[str, str]) -> list[Goal]:
    goals: list[Goal] = []
    rows: list[tuple[str, ...]] = [
        ("share of lines", "what", "median s", "CPU s", "of grep", "of rg", "MiB", "")
    ]
    for share in options.shares:
        file, truth = made(directory, options.mib, share)
        commands = {
            "ws101 logs": logs(str(file)),
            "ws101 logs --path": logs(str(file), "--path", PATH),
            **peers(file, slow=False),
        }
        runs = in_turn(commands, environ, options.repeat)
        grep, rg = runs["grep -c"], runs.get("rg -c")
        for name, one in runs.items():
            of_rg = f"{one.median / rg.median:.1f} ×" if rg else "rg is not here"
            note = right(file, truth, environ) if name == "ws101 logs" else ""
            rows.append((f"{share:.2%}", name, f"{one.median:.3f}", f"{median(one.cpu):.2f}", f"{one.median / grep.median:.2f} ×", of_rg, f"{one.memory:.0f}", note))  # fmt: skip
        if share == MAIN_SHARE:
            mine = runs["ws101 logs"]
            goals += [
                Goal("first answer, in times of grep -c", mine.median / grep.median, 1, "×", most=True),
                Goal("first answer, in times of rg -c", mine.median / rg.median if rg else None, 4, "×", most=True, note="" if rg else "ripgrep is not here (pip install ripgrep==14.1.0)"),
                Goal("memory, with the processes that search", held(commands["ws101 logs"], environ), 200, "MiB", most=True),
            ]  # fmt: skip
        file.unlink()
    print(f"{options.mib} MiB, warm; {options.repeat} runs each, in turn")
    table(rows)
    return goals


def bulk_rate(options: argparse.Namespace) -> Goal:
    """Return how many lines of an access log about handshakes are read, joined and counted in bulk, by one core."""
    lines = [
        line
        for piece in Traffic(3, 1.0, 0.0).merged(options.mib << 18)
        for line in piece.splitlines(keepends=True)
    ]
    text = b"".join(line for line in lines if b'"GET /ws/' in line and line[:1].isdigit() and b'" "' in line)
    rates = []
    for _ in range(options.repeat):
        concern = Concern()
        reader, later = (Reader("access.log", FORMATS, Redactor((), b""), concern, 2026) for _ in range(2))
        bulk = Bulk()
        began = time.process_time()
        for _ in bulk.entries(Sorter(reader, later, concern).items([Piece(1, text, alone=True)])):
            pass
        rates.append(text.count(b"\n") / (time.process_time() - began))
    return Goal("attempts a second and core, of one line each in an access log", median(rates), 400_000, "")


class Searched(Survey):
    """A survey that keeps account of the seconds that the search takes."""

    seconds = 0.0

    def __iter__(self) -> Iterator[list[Piece]]:
        found = super().__iter__()
        while True:
            began = time.process_time()
            pieces = next(found, None)
            Searched.seconds += time.process_time() - began
            if pieces is None:
                return
            yield pieces


def mixed_rate(directory: Path, options: argparse.Namespace, blocks: float) -> Goal:
    """Return how many handshakes one core reads, joins and tallies that all logs tell of in one, once their lines are found."""
    path = directory / "mixed.log"
    with path.open("wb") as file:
        truth = write(file, Traffic(3, 0.3, blocks), options.mib << 18)
    sources, _ = open_sources([str(path)], since=None, stdin=sys.stdin.buffer, environ={})
    rates = []
    for _ in range(options.repeat):
        desk = Desk(Inquiry((str(path),)))
        desk.skimmer.survey = lambda source, lookout, _: Searched(source, lookout, lambda: 0)
        desk.prepare()
        Searched.seconds, began = 0.0, time.process_time()
        desk.take(sources)
        rates.append(truth.statuses.total() / (time.process_time() - began - Searched.seconds))
    path.unlink()
    lines = truth.told / truth.statuses.total()
    name = f"attempts a second and core, of {lines:.2f} lines each in all logs together"
    return Goal(name, median(rates), 400_000, "")


def beside_readers(directory: Path, options: argparse.Namespace, environ: Mapping[str, str]) -> list[Goal]:
    file, _ = made(directory, 100, MAIN_SHARE)
    there = peers(file, slow=True)
    runs = in_turn({"ws101 logs": logs(str(file)), **there}, environ, max(options.repeat // 2, 1))
    goals = []
    for name in ("goaccess", "lnav"):
        figure, note = (
            _in_times_of_ours(runs[name], runs["ws101 logs"])
            if name in runs
            else (None, f"not here (apt install {name})")
        )
        goals.append(Goal(f"time of {name}, in times of ws101", figure, None, "×", note=note))
    file.unlink()
    figure, note = beside_docker(directory, options, environ)
    return [*goals, Goal("time of docker logs | grep -c, in times of ws101", figure, None, "×", note=note)]


def beside_docker(
    directory: Path, options: argparse.Namespace, environ: Mapping[str, str]
) -> tuple[float | None, str]:
    """Return the time of `docker logs | grep` on a container that wrote 100 MiB, in times of ours, and in words."""
    docker = shutil.which("docker")
    if docker is None or not _done(docker, "info"):
        return None, "no Docker engine is here (start dockerd, or set DOCKER_HOST)"
    if not _done(docker, "image", "inspect", options.image):
        return None, f"no image {options.image} is here (docker pull {options.image}, or --image)"
    file, _ = made(directory, 100, MAIN_SHARE)
    name = f"ws101-bench-{os.getpid()}"
    _done(docker, "create", "--name", name, options.image, "cat", "/written.log")
    try:
        _done(docker, "cp", str(file), f"{name}:/written.log")
        if not _done(docker, "start", "--attach", name):
            return None, f"the image {options.image} has no `cat`"
        theirs = ("sh", "-c", f"docker logs {name} 2>&1 | grep -c {PATH}")
        runs = in_turn({"": logs(f"docker:{name}"), "theirs": theirs}, environ, max(options.repeat // 2, 1))
    finally:
        _done(docker, "rm", "--force", name)
        file.unlink()
    return _in_times_of_ours(runs["theirs"], runs[""])


def _done(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _in_times_of_ours(theirs: Runs, ours: Runs) -> tuple[float, str]:
    return theirs.median / ours.median, f"100 MiB: {theirs.median:.2f} s and {ours.median:.2f} s"


def growth(directory: Path, options: argparse.Namespace, environ: Mapping[str, str]) -> list[Goal]:
    """Return how time and memory grow with the logs; per byte, in times of the smallest."""
    took: dict[int, Runs] = {}
    for mib in (100, 1024):
        file, _ = made(directory, mib, MAIN_SHARE)
        took[mib] = in_turn({"": logs(str(file))}, environ, options.repeat)[""]
        file.unlink()
    more = (took[1024].median - took[100].median) / 924
    goals = [
        Goal("a further MiB of 1 GiB", more * 1000, None, "ms", note=f"100 MiB take {took[100].median:.2f} s")
    ]
    if options.huge:
        runs, traffic = Runs(), Traffic(1, MAIN_SHARE)
        run(logs("-"), environ, runs, feed=traffic.merged(10 * _GIB))
        goals += [
            Goal("10 GiB through a pipe", runs.wall[0], None, "s", note=f"{runs.cpu[0]:.1f} s of CPU, the rest is who writes it"),
            Goal("memory at 10 GiB", runs.memory, 200, "MiB", most=True),
        ]  # fmt: skip
    return goals


def following(directory: Path, seconds: float, environ: Mapping[str, str]) -> Goal:
    """Return how long after it was written a handshake is shown, while 20,000 lines a second are."""
    small, _ = made(directory, 1, MAIN_SHARE)
    run(logs(str(small)), environ, Runs())  # so that bytecode is there
    file = directory / "followed.log"
    file.touch()
    sent: dict[str, float] = {}
    seen: dict[str, float] = {}
    command = (sys.executable, "-m", "ws101", "logs", "--follow", str(file))
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stderr.readline()  # it says that it follows
        reading = threading.Thread(target=_note_shown, args=(process.stdout, seen))
        reading.start()
        time.sleep(1.0)
        _write_followed(file, seconds, sent)
        time.sleep(1.0)
        process.send_signal(2)
        threading.Thread(target=process.stderr.read, daemon=True).start()
        reading.join()
    delays = [(seen[address] - at) * 1000 for address, at in sent.items() if address in seen]
    if len(delays) < 2:
        return Goal(
            "line written to line shown, 99th percentile",
            None,
            100,
            "ms",
            most=True,
            note="nothing was shown",
        )
    parts = quantiles(delays, n=100)
    note = f"median {parts[49]:.0f} ms, most {max(delays):.0f} ms, {len(delays)} of {len(sent)} shown"
    return Goal("line written to line shown, 99th percentile", parts[98], 100, "ms", most=True, note=note)


def _note_shown(stream: Iterator[str], seen: dict[str, float]) -> None:
    for line in stream:
        now = time.perf_counter()
        for word in line.split():
            if word.startswith("10.77."):
                seen.setdefault(word.strip(".,:"), now)


def _write_followed(file: Path, seconds: float, sent: dict[str, float]) -> None:
    """Write 20,000 lines a second in 100 pieces, one handshake in each, from an address of its own."""
    lines = [line for piece in Traffic(5, 0.0).merged(4 << 20) for line in piece.splitlines(keepends=True)]
    each, began = _FOLLOWED // 100, time.perf_counter()
    with file.open("ab", buffering=0) as log:
        for number in range(int(seconds * 100)):
            time.sleep(max(0.0, began + number / 100 - time.perf_counter()))
            at = number * each % (len(lines) - each)
            address = f"10.77.{number // 250}.{number % 250}"
            told = f'{address} - - [18/Nov/2026:11:06:40 +0000] "GET {PATH} HTTP/1.1" 400 157 "-" "ktor-client"\n'
            text = _written_now(b"".join(lines[at : at + each]) + told.encode())
            sent[address] = time.perf_counter()
            log.write(text)


def _written_now(text: bytes) -> bytes:
    """Return generated lines as they would be written at this moment: a clock that is set back at each line keeps a reader busy."""
    now = time.gmtime()
    for moment, form in _MOMENTS.items():
        text = moment.sub(time.strftime(form, now).encode(), text)
    return text


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mib", type=int, default=1024, help="how big the logs are (default 1024)")
    parser.add_argument("--repeat", type=int, default=5, help="how often each is run (default 5)")
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0001, MAIN_SHARE, 0.01, 0.05], help="parts of the lines that tell of WebSockets")  # fmt: skip
    parser.add_argument("--seconds", type=float, default=10, help="how long a log is followed (default 10)")
    parser.add_argument("--directory", help="where the logs are made (default: where temporary files are)")
    parser.add_argument("--image", default="busybox", help="a Docker image that has `cat` (default busybox)")
    parser.add_argument("--huge", action="store_true", help="also send 10 GiB through a pipe")
    parser.add_argument(
        "--only", choices=("answer", "bulk", "readers", "growth", "follow"), help="one measure alone"
    )
    options = parser.parse_args()
    gc.set_threshold(*COLLECTIONS)  # as the command does
    goals: list[Goal] = []
    with tempfile.TemporaryDirectory(prefix="ws101-bench-", dir=options.directory) as name:
        directory = Path(name)
        environ = environment(directory / "bytecode")
        measures: dict[str, Callable[[], list[Goal]]] = {
            "answer": lambda: first_answer(directory, options, environ),
            "bulk": lambda: [
                bulk_rate(options),
                *(mixed_rate(directory, options, part) for part in (0.0, 0.05)),
            ],
            "readers": lambda: beside_readers(directory, options, environ),
            "growth": lambda: growth(directory, options, environ),
            "follow": lambda: [following(directory, options.seconds, environ)],
        }
        for what, measured in measures.items():
            if options.only in {None, what}:
                goals += measured()
    print()
    table([("what", "figure", "wanted", "", "note"), *(goal.row() for goal in goals)])
    return 1 if any(goal.missed for goal in goals) else 0


if __name__ == "__main__":
    sys.exit(main())
