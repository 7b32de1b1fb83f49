"""Measures `ws101 check` on lines of long round trips: the wall time of the whole process, start-up included.

The peers are the lab's, behind its relay that delays each direction by half a round trip. A check that works may take
6 round trips and half a second; one that fails, with all its experiments, 14 and half a second.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from msgspec import Struct

from measuring import Figure, environment, tell
from ws101.lab.faults import FAULTS
from ws101.lab.relay import delaying
from ws101.lab.running import Running, running
from ws101.lab.stack import Stack, healthy
from ws101.lab.workers import Workers, workers

ROUND_TRIPS = (0.020, 0.100, 0.200)
WORKS, FAILS = 6, 14  # how many round trips a check may take
START = 0.5  # seconds for everything that no round trip pays for


class Case(Struct, frozen=True):
    """A stack to check, the round trips that this may take, and the exit status that it must end with."""

    name: str
    stack: Stack
    round_trips: int
    status: int


def _failing(name: str, server: str) -> Case:
    (fault,) = (fault for fault in FAULTS if fault.name == name)
    return Case(name, fault.stack(server), FAILS, 1)


CASES = (
    Case("healthy, ws", healthy("websockets"), WORKS, 0),
    Case("healthy, wss", healthy("websockets", tls=True), WORKS, 0),
    _failing("plain-to-tls-nginx", "websockets"),
    _failing("proxy-bare", "websockets"),
    _failing("token-expired", "websockets"),
    _failing("upgrade-lost-and-token-expired", "websockets"),
    _failing("peer-closes", "raw"),
)


async def measure(case: Case, upstreams: Workers, repeat: int, environ: Mapping[str, str]) -> list[Figure]:
    """Check one stack `repeat` times over each line, after one run that is not counted."""
    figures = []
    async with running(case.stack, upstreams) as up:
        await _check(up, up.port, case, environ)
        for round_trip in ROUND_TRIPS:
            async with delaying(up.port, round_trip / 2) as port:
                runs = [await _check(up, port, case, environ) for _ in range(repeat)]
            seconds, sent = tuple(run[0] for run in runs), max(run[1] for run in runs)
            what = f"{case.name}: {sent} handshakes, {round_trip * 1000:.0f} ms"
            figures.append(Figure(what, seconds, case.round_trips * round_trip + START))
    return figures


async def _check(up: Running, port: int, case: Case, environ: Mapping[str, str]) -> tuple[float, int]:
    """Run one check through the relay's port; return its wall time and how many handshakes it sent."""
    command = (sys.executable, "-m", "ws101", "check", *up.arguments, "--connect-to", f"::127.0.0.1:{port}")
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command, "--json", env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode != case.status:
        raise SystemExit(f"{case.name}: exit status {process.returncode}\n{(err or out).decode()}")
    return seconds, len(json.loads(out)["experiments"])


async def _figures(repeat: int, environ: Mapping[str, str]) -> AsyncIterator[Figure]:
    async with workers() as upstreams:
        for case in CASES:
            for figure in await measure(case, upstreams, repeat, environ):
                yield figure


async def _run(repeat: int, environ: Mapping[str, str]) -> int:
    return tell([figure async for figure in _figures(repeat, environ)])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=5, help="how often each check is run (default 5)")
    repeat = parser.parse_args().repeat
    with tempfile.TemporaryDirectory(prefix="ws101-bench-") as directory:
        return asyncio.run(_run(repeat, environment(Path(directory))))


if __name__ == "__main__":
    sys.exit(main())
