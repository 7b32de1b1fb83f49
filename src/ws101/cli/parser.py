"""Reads the words of a command line; whatever is wrong with them becomes a sentence that repeats no stray value."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from ws101.cli.terminal import columns
from ws101.errors import UsageError


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Return what writes the help: the width that argparse would take, without what it loads to find it."""
    return argparse.HelpFormatter(prog, width=columns() - 2)


class Parser(argparse.ArgumentParser):
    """argparse's parser with whole flags alone, and with UsageError where argparse ends the process.

    A flag that does not exist is named without its value, which may be a secret.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_formatter, **options)

    def parse_args(self, args: Sequence[str], namespace: Any = None) -> argparse.Namespace:  # type: ignore[override]
        """Return what the words say; raises UsageError."""
        options, odd = self.parse_known_args(args, namespace)
        if odd:
            raise UsageError(self._strange(odd))
        found: argparse.Namespace = options
        return found

    def error(self, message: str) -> NoReturn:
        dash = (
            " (write FLAG=VALUE where a value begins with a dash)"
            if "expected one argument" in message
            else ""
        )
        raise UsageError(f"{message.rstrip('.')}{dash}. {self._help()}")

    def _strange(self, odd: Sequence[str]) -> str:
        flags = [
            word.partition("=")[0] if word.startswith("--") else word[:2]
            for word in odd
            if word.startswith("-")
        ]
        if not flags:
            return f"{len(odd)} more than is expected was given. Put quotes around a value that holds blanks. {self._help()}"
        import difflib

        near = difflib.get_close_matches(flags[0], self._option_string_actions, n=1)
        return f"there is no flag {flags[0][:40]!r}. {f'Did you mean {near[0]}?' if near else self._help()}"

    def _help(self) -> str:
        return f"`{self.prog} --help` tells what can be given."
