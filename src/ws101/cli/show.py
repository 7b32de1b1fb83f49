"""Writes a report where and how the user asked for it."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ws101.cli import streams
from ws101.cli.terminal import Face, face
from ws101.errors import UnreadableInput

if TYPE_CHECKING:
    from ws101.report import Report

_PRIVATE = 0o600
FORMATS = ("text", "json", "html", "sarif", "markdown")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say how a report is shown."""
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format", choices=FORMATS, default="text", help="text (default), json, html, sarif or markdown"
    )
    group.add_argument(
        "--json", action="store_const", const="json", dest="format", help="the same as --format json"
    )
    group.add_argument("-o", "--output", metavar="FILE", help="write to FILE instead of the terminal")
    group.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)"
    )


def show(report: "Report", arguments: argparse.Namespace) -> int:
    """Write the report in the format asked for; return the exit status that it carries."""
    look = face(sys.stdout, arguments.color if not arguments.output else "never")
    text = rendered(report, arguments.format, look)
    if arguments.output:
        write_file(arguments.output, text)
    else:
        streams.say(text if text.endswith("\n") else f"{text}\n", always_utf8=arguments.format != "text")
    return report.exit_status


def keep(report: "Report", path: str | None) -> None:
    """Write the run for `ws101 report`, readable by its owner alone, where a file is named."""
    if path:
        from ws101.render.run import dump

        write_file(path, dump(report), _PRIVATE)


def rendered(report: "Report", name: str, look: Face) -> str:
    """Return the report in the format of this name."""
    if name == "text":
        from ws101.render import terminal

        return terminal.render(report, width=look.width, colour=look.colour, ascii_only=look.ascii_only)
    from ws101 import render

    return render.FORMATS[name](report)


def check_writable(path: str | None, flag: str) -> None:
    """Raise UnreadableInput for a place that nothing can be written to, before time is spent on what goes there."""
    if path is None:
        return
    target = Path(path)
    try:
        if target.is_dir():
            why = "it is a directory"
        elif not target.parent.is_dir():
            why = "its directory does not exist"
        else:
            why = (
                ""
                if os.access(target if target.exists() else target.parent, os.W_OK)
                else "it cannot be written"
            )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
    if why:
        raise UnreadableInput(f"{flag} {path}", why, "Name a file that can be written.")


def write_file(path: str, text: str, mode: int = 0o644) -> None:
    """Write a file; raise UnreadableInput with the system's words when it cannot be."""
    try:
        target = Path(path)
        target.touch(mode)
        if mode == _PRIVATE and target.is_file():
            target.chmod(mode)
        target.write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it cannot be written"
        raise UnreadableInput(path, why, "Name a file that can be written.") from None
