"""`ws101 explain SLUG`: the page of one cause; `--list` names all of them."""

import difflib
import sys
from collections.abc import Sequence
from itertools import groupby

from ws101.cause import Cause
from ws101.causes import BY_SLUG, CAUSES
from ws101.cli import streams
from ws101.cli.parser import Parser
from ws101.cli.terminal import face
from ws101.errors import UsageError


def main(arguments: Sequence[str]) -> int:
    """Print a page or the list."""
    parser = Parser(prog="ws101 explain", description="The page of one cause of a refused handshake.")
    parser.add_argument("cause", nargs="?", metavar="CAUSE", help="a cause's name, as a report gives it")
    parser.add_argument("--list", action="store_true", help="name all causes")
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)"
    )
    options = parser.parse_args(arguments)
    if options.list or options.cause is None:
        streams.say(listing(CAUSES))
        return 0
    cause = BY_SLUG.get(options.cause.strip().lower())
    if cause is None:
        near = difflib.get_close_matches(options.cause, BY_SLUG, n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(near)}?" if near else "`ws101 explain --list` names them all."
        raise UsageError(f"there is no cause {options.cause[:60]!r}. {hint}")
    from ws101.render.page import render_page

    look = face(sys.stdout, options.color)
    page = render_page(
        cause.slug, cause.page or "", width=look.width, colour=look.colour, ascii_only=look.ascii_only
    )
    streams.say(page)
    return 0


def listing(causes: Sequence[Cause]) -> str:
    """Return all causes by hop, in the order of the wire, with their titles."""
    lines: list[str] = []
    for hop, group in groupby(causes, key=lambda cause: cause.hop):
        lines += ["", str(hop), *(f"  {cause.slug:<34} {cause.title}" for cause in group)]
    return "\n".join(lines[1:]) + "\n"
