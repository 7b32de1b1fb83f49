"""`ws101 report RUN.json`: show a saved run again, in any format."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from ws101.cli import show
from ws101.errors import UnreadableInput


def main(arguments: Sequence[str]) -> int:
    """Load and show; the exit status is the one that the run had."""
    parser = argparse.ArgumentParser(
        prog="ws101 report", description="Show a run that `ws101 check --save` kept."
    )
    parser.add_argument("run", metavar="RUN.json")
    show.add_flags(parser)
    options = parser.parse_args(arguments)
    try:
        text = Path(options.run).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise UnreadableInput(options.run, why, "Name a file that `ws101 check --save` wrote.") from None
    from ws101.render.run import load

    return show.show(load(text), options)
