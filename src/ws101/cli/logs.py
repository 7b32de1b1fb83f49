"""`ws101 logs SOURCE…`: what became of the handshakes in the logs of client, proxy and server, and where the trail ends."""

import argparse
import gc
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ws101.cli import show, values
from ws101.cli.parser import Parser
from ws101.cli.terminal import ProgressLine
from ws101.errors import UsageError

if TYPE_CHECKING:
    from ws101.logbook import Inquiry

# What is loaded and read is in no cycles: to look through it as often as is usual takes a fifth of the time.
COLLECTIONS = (20_000, 20, 100)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def main(arguments: Sequence[str]) -> int:
    """Read, show, and return the exit status."""
    gc.set_threshold(*COLLECTIONS)
    options = parser().parse_args(arguments)
    show.check_writable(options.output, "--output")
    show.check_writable(options.save, "--save")
    asked = inquiry(options, time.time())
    if options.follow:
        from ws101.cli.logs_follow import follow

        return follow(asked, options)
    from ws101.logbook import read

    with ProgressLine() as line:
        report = read(asked, os.environ, sys.stdin.buffer, line.say)
    status = show.show(report, options)
    show.keep(report, options.save)
    return status


def parser() -> Parser:
    """Return the parser of this command's flags."""
    made = Parser(
        prog="ws101 logs",
        description="Read the logs of client, proxy and server together: one story for each handshake, and its cause.",
        epilog="Exit status: 0 all handshakes that were found work, 1 the cause of a failure was found, 2 wrong usage,"
        " 3 no handshake or no cause was found, or not all could be read, 4 a bug in ws101.",
    )
    made.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="a file (plain, .gz, .zst), a pattern such as 'access.log*' for all its rotated parts, a directory, `-`, docker:NAME,"
        " compose:SERVICE, journal:UNIT",
    )
    _add_choice(made.add_argument_group("which handshakes"))
    _add_knowledge(made.add_argument_group("what you know"))
    made.add_argument(
        "-f", "--follow", action="store_true", help="show each handshake as it is written, until Ctrl-C"
    )
    made.add_argument("--unknown", action="store_true", help="also show lines that no format could read")
    made.add_argument("--save", metavar="RUN.json", help="keep this run, for `ws101 report RUN.json`")
    show.add_flags(made)
    return made


def _add_choice(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--url",
        metavar="URL",
        help="the handshake that you mean: its host and its path (default: all that are found)",
    )
    group.add_argument(
        "--path",
        action="append",
        default=[],
        metavar="PATH",
        help="a path that serves WebSockets (repeatable)",
    )
    group.add_argument(
        "--since", metavar="TIME", help="from then on: 2026-11-26T09:00:00Z, or how long ago, such as 2h"
    )
    group.add_argument("--until", metavar="TIME", help="up to then")
    group.add_argument(
        "--saw", type=values.status, metavar="STATUS", help="the status that your failing client reported"
    )


def _add_knowledge(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--nginx-config", action="append", default=[], metavar="PATH",
                       help="nginx's configuration: its log_format is read from there, and what it logs at which level"
                            " (repeatable)")  # fmt: skip
    group.add_argument(
        "--nginx-root", metavar="DIR", help="the directory that stands for / in it, as in a container"
    )
    group.add_argument(
        "--log-format",
        action="append",
        default=[],
        metavar="'FORMAT'",
        help="an nginx log_format, where its configuration is not at hand (repeatable)",
    )
    group.add_argument("--show-secrets", action="store_true", help="do not redact tokens and cookies")


def inquiry(options: argparse.Namespace, now: float) -> "Inquiry":
    """Return what is asked of which logs; raises UsageError and UnreadableInput."""
    if options.nginx_root and not options.nginx_config:
        raise UsageError("--nginx-root is given without --nginx-config. Name the configuration, too.")
    for path in options.nginx_config:
        if options.nginx_root is None and path != "-":
            values.check_there(path, "--nginx-config")
    if bare := next((one for one in options.log_format if "$" not in one), None):
        raise UsageError(
            f"--log-format {bare!r} names no variable. Copy it from nginx's log_format, such as '$remote_addr …'."
        )
    if "-" in options.sources and "-" in options.nginx_config:
        raise UsageError("standard input is named twice. It can be a log or a configuration, not both.")
    since, until = moment(options.since, "--since", now), moment(options.until, "--until", now)
    from ws101.logbook import Inquiry  # with all formats: neither --help nor wrong usage waits for them

    return Inquiry(
        sources=tuple(options.sources),
        url=options.url,
        paths=tuple(options.path),
        since=since,
        until=until,
        saw=options.saw,
        nginx_configs=tuple(options.nginx_config),
        nginx_root=options.nginx_root,
        log_formats=tuple(options.log_format),
        show_secrets=options.show_secrets,
        unknown=options.unknown,
        now=now,
    )


def moment(text: str | None, flag: str, now: float) -> float | None:
    """Read a time: ISO 8601, taken for UTC where it names no zone, or how long ago; return seconds since the epoch."""
    if text is None:
        return None
    number, unit = text[:-1], _UNITS.get(text[-1:])
    if unit and number.replace(".", "", 1).isdecimal():
        return now - float(number) * unit
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise UsageError(
            f"{flag} takes a time such as 2026-11-26T09:00:00Z, or how long ago, such as 90s, 15m, 2h or 3d."
        ) from None
