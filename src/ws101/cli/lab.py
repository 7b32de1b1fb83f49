"""`ws101 lab list | run | serve`: real servers and proxies, one fault at a time, and what the doctor says of each."""

import argparse
import shlex
import sys
from collections.abc import Sequence

from ws101.cli import show
from ws101.cli.parser import Parser
from ws101.errors import UsageError
from ws101.lab.faults import FAULTS, HEALTHY
from ws101.lab.log_formats import LOG_FORMATS
from ws101.lab.stack import Stack

# What runs a stack is imported where one is run: to list them needs none of it.

Case = tuple[str, Stack]


def main(arguments: Sequence[str]) -> int:
    """Run one of the lab's three commands."""
    options = _parser().parse_args(arguments)
    if options.what == "list":
        sys.stdout.write(listing())
        return 0
    import asyncio

    if options.what == "serve":
        return asyncio.run(_serve(_named(options.fault)[0]))
    chosen = _chosen(options)
    from ws101.cli.lab_run import run

    return asyncio.run(run(chosen, options))


def _parser() -> Parser:
    parser = Parser(
        prog="ws101 lab", description="Real nginx, real servers, one fault at a time, on loopback."
    )
    commands = parser.add_subparsers(dest="what", required=True)
    commands.add_parser("list", help="name the faults and the sound stacks")
    run = commands.add_parser(
        "run", help="diagnose faults and print fault → verdict; one alone is shown in full"
    )
    run.add_argument("fault", nargs="*", metavar="FAULT[@SERVER]")
    run.add_argument("--all", action="store_true", help="every fault on every server, and every sound stack")
    run.add_argument(
        "--with-config", action="store_true", help="give the configurations of nginx to the diagnosis, too"
    )
    logs = run.add_mutually_exclusive_group()
    logs.add_argument(
        "--with-logs", action="store_true", help="give the logs of nginx and the server to the diagnosis, too"
    )
    logs.add_argument(
        "--from-logs",
        action="store_true",
        help="diagnose one handshake from the logs of client, nginx and server alone",
    )
    run.add_argument(
        "--log-format",
        choices=tuple(LOG_FORMATS),
        default="combined",
        help="what nginx writes in its access log (combined)",
    )
    run.add_argument("--expect", metavar="FILE.toml", help='compare with a file of `fault = "cause"` lines')
    show.add_flags(run)
    serve = commands.add_parser("serve", help="keep one fault running until Ctrl-C")
    serve.add_argument("fault", metavar="FAULT[@SERVER]")
    return parser


def listing() -> str:
    """Return every fault and every sound stack, a line each."""
    faults = (f"{f.hop:<8} {f.name:<34} {f.summary}  [{', '.join(f.servers)}]" for f in FAULTS)
    sound = (f"{'sound':<8} {stack.name:<34} {stack.summary}" for stack in HEALTHY)
    return "\n".join([*faults, "", *sound]) + "\n"


def cases() -> dict[str, Stack]:
    """Return every case by its name: `fault@server`, or the name of a sound stack."""
    faults = {f"{fault.name}@{server}": fault.stack(server) for fault in FAULTS for server in fault.servers}
    return faults | {sound.name: sound.stack for sound in HEALTHY}


def _named(name: str) -> tuple[Case, ...]:
    found = tuple((case, stack) for case, stack in cases().items() if name in {case, case.partition("@")[0]})
    if not found:
        raise UsageError(f"the lab has no fault {name[:60]!r}. `ws101 lab list` names them.")
    return found


def _chosen(options: argparse.Namespace) -> tuple[Case, ...]:
    if options.all:
        return tuple(cases().items())
    if not options.fault:
        raise UsageError("no fault is named. Name one of `ws101 lab list`, or give --all.")
    return tuple(case for name in options.fault for case in _named(name))


async def _serve(case: Case) -> int:
    """Keep a stack up until Ctrl-C, and say how to look at it."""
    import asyncio
    import signal

    from ws101.lab.running import running

    done = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, done.set)
    name, stack = case
    async with running(stack) as up:
        lines = [f"{name} is up, until Ctrl-C", "", f"  ws101 check {shlex.join(up.arguments)}", ""]
        lines += [f"  server      {up.direct_url}"]
        lines += [f"  nginx.conf  {path}" for path in up.nginx_configs]
        lines += [f"  log         {path}" for path in up.logs]
        print("\n".join(lines), flush=True)
        await done.wait()
    return 0
