"""`ws101 check URL`: find out why this handshake fails, or prove that it works."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ws101.cli import show, streams
from ws101.cli.asking import add_flags, question
from ws101.cli.parser import Parser
from ws101.cli.terminal import ProgressLine
from ws101.question import Question

if TYPE_CHECKING:
    from ws101.report import Report

_TURN = 0.0005  # seconds until the thread that loads modules lets the one go on that times connections


def main(arguments: Sequence[str]) -> int:
    """Ask, show, and return the exit status."""
    options = parser().parse_args(arguments)
    show.check_writable(options.output, "--output")
    show.check_writable(options.save, "--save")
    asked = question(options, os.environ)
    if options.dry_run:
        return _announce(asked)
    with ProgressLine() as line:
        report = diagnose(asked, line)
    status = show.show(report, options)
    show.keep(report, options.save)
    return status


def parser() -> Parser:
    """Return the parser of this command's flags."""
    made = Parser(
        prog="ws101 check",
        description="Find out why a WebSocket handshake fails: name the hop and the cause, prove it, write the fix.",
        epilog="Exit status: 0 it works, 1 a problem was found, 2 wrong usage, 3 not enough could be tested, 4 a bug in ws101.",
    )
    made.add_argument("url", metavar="URL", help="ws://, wss://, http:// or https://")
    add_flags(made)
    show.add_flags(made)
    made.add_argument("--save", metavar="RUN.json", help="keep this run, for `ws101 report RUN.json`")
    made.add_argument("--dry-run", action="store_true", help="list what would be sent, and send nothing")
    return made


def diagnose(asked: Question, line: ProgressLine) -> "Report":
    """Run the examination; Ctrl-C ends it and what is known so far is reported."""
    from ws101.checkup import Examination

    sys.setswitchinterval(_TURN)

    early: list[int] = []  # an interrupt while the loop is made or closed must not tear it

    async def examine() -> "Report":
        examination = Examination(asked, line.say)
        task = asyncio.ensure_future(examination.run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
        if early:
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            examination.cut_short = "it was interrupted (Ctrl-C)"
            return examination.report()

    usual = signal.signal(signal.SIGINT, lambda number, _: early.append(number))
    try:
        return asyncio.run(examine())
    finally:
        signal.signal(signal.SIGINT, usual)


def _announce(asked: Question) -> int:
    from ws101.checkup import announce
    from ws101.handshake.request import build
    from ws101.question import redactor
    from ws101.redact import printable

    usual, lines = announce(asked)
    cleaner = redactor(asked)

    def shown(text: str) -> str:
        return printable(cleaner.scrub(text) if cleaner else text)

    head = build(usual.request).decode("latin-1").rstrip("\r\n").split("\r\n")
    said = [
        f"Nothing was sent. A check would connect to {shown(usual.host)}, port {usual.port}, with GET alone, and send:",
        "",
        *(f"    {shown(text)}" for text in head),
        "",
        f"and at most {asked.budget} handshakes altogether, out of these, as far as what is met calls for them:",
        "",
        *(f"    {number:2}  {shown(text)}" for number, text in enumerate(lines, 1)),
    ]
    streams.say("\n".join(said) + "\n")
    return 0
