"""Measures how soon ws101 is there, in times of what any program in Python pays: an empty one, or one import.

The healthy peer is the lab's server of the websockets library on loopback, without TLS and without a proxy before it. Its socket
is watched for a while after the 101, and what judges is loaded meanwhile: that while is told, for it is no work.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from measuring import Figure, environment, tell
from ws101.lab.running import running
from ws101.lab.stack import healthy
from ws101.probe.limits import Limits

EMPTY = ("-c", "pass")
HTTPX = ("-c", "import httpx")
VERSION = ("-m", "ws101", "--version")
LIST = ("-m", "ws101", "lab", "list")
LOG = '192.0.2.1 - - [18/Nov/2026:11:06:40 +0000] "GET /ws HTTP/1.1" 502 157 "-" "x"\n'
CONFIGURATION = "http { server { listen 80; location / { proxy_pass http://127.0.0.1:1; } } }\n"


async def measure(
    commands: Sequence[Sequence[str]], repeat: int, environ: Mapping[str, str]
) -> list[tuple[float, ...]]:
    """Return the wall times of these processes, run in turn so that all of them meet the same machine."""
    rounds = [[await _time(command, environ) for command in commands] for _ in range(repeat + 1)]
    return list(zip(*rounds[1:], strict=True))


async def _time(command: Sequence[str], environ: Mapping[str, str]) -> float:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, err = await process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode not in {0, 1}:  # 1: a problem was found
        raise SystemExit(f"{' '.join(command[:3])}: exit status {process.returncode}\n{err.decode()}")
    return seconds


async def _run(repeat: int, directory: Path) -> int:
    log, configuration = directory / "access.log", directory / "nginx.conf"
    log.write_text(LOG, encoding="utf-8")
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    logs = ("-m", "ws101", "logs", str(log))
    route = ("-m", "ws101", "nginx", "route", "ws://h.test/", str(configuration))
    async with running(healthy("websockets", direct=True)) as up:
        check = ("-m", "ws101", "check", *up.arguments)
        commands = (EMPTY, HTTPX, VERSION, check, logs, route, LIST)
        empty, httpx, version, checked, logged, routed, listed = await measure(
            commands, repeat, environment(directory)
        )
    print(f"an empty program {median(empty):.3f} s, one that imports httpx {median(httpx):.3f} s")
    print(f"after its 101 the healthy server is watched for {Limits().after_pong:.1f} s\n")
    return tell(
        [
            Figure("ws101 --version, 2 × an empty program", version, 2 * median(empty)),
            Figure("ws101 check of a healthy server, 3 × import httpx", checked, 3 * median(httpx)),
            Figure("ws101 logs of one line, 2 × import httpx", logged, 2 * median(httpx)),
            Figure("ws101 nginx route, 1 × import httpx", routed, median(httpx)),
            Figure("ws101 lab list, 1 × import httpx", listed, median(httpx)),
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=15, help="how often each is run (default 15)")
    repeat = parser.parse_args().repeat
    with tempfile.TemporaryDirectory(prefix="ws101-bench-") as directory:
        return asyncio.run(_run(repeat, Path(directory)))


if __name__ == "__main__":
    sys.exit(main())
