"""`ws101 nginx COMMAND`: what a configuration does to a handshake; finds the command, and loads nothing before it is known."""

import gc
import importlib
from collections.abc import Sequence
from typing import NamedTuple

from ws101.cli import streams
from ws101.errors import UsageError


class Command(NamedTuple):
    """The module of `ws101.cli` whose `main` takes the words behind the command's name, and a line for --help."""

    module: str
    about: str


COMMANDS = {
    "route": Command(
        "nginx_route", "which server and location answer a URL, and what upstream sees, line by line"
    ),
    "lint": Command("nginx_lint", "what in a configuration breaks WebSockets, and where"),
    "fix": Command("nginx_fix", "the repair as a diff, proven on real nginx; --apply writes it"),
}


def main(arguments: Sequence[str]) -> int:
    """Run a command about a configuration of nginx."""
    name = arguments[0] if arguments else "help"
    if name in {"-h", "--help", "help"}:
        streams.say(_usage())
        return 0 if arguments else 2
    if name not in COMMANDS:
        import difflib

        near = difflib.get_close_matches(name, COMMANDS, n=1)
        word = "" if "://" in name else f" {name.partition('=')[0][:40]!r}"
        help_text = f"Did you mean {near[0]}?" if near else "`ws101 nginx --help` names all."
        raise UsageError(f"there is no command{word}. {help_text}")
    gc.disable()  # the words of a configuration live as long as the run: to look for garbage takes a third of the reading
    try:
        status: int = importlib.import_module(f"ws101.cli.{COMMANDS[name].module}").main(arguments[1:])
    finally:
        gc.enable()
    return status


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  ws101 nginx {name:<{width}}  {command.about}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "Know what a configuration of nginx does to a WebSocket handshake, and repair it.",
            "",
            *lines,
            "",
            "CONFIG is a file, a directory with an nginx.conf, or `-` for what `nginx -T` prints.",
            "Each command has its own --help.",
            "",
        ]
    )
