"""`ws101 report RUN.json`: show a saved run again, in any format."""

from collections.abc import Sequence

from ws101.cli import show
from ws101.cli.parser import Parser
from ws101.cli.values import read_file
from ws101.errors import UnreadableInput

_LIMIT = 32 << 20  # bytes; a run holds some hundred kilobytes


def main(arguments: Sequence[str]) -> int:
    """Load and show; the exit status is the one that the run had."""
    parser = Parser(prog="ws101 report", description="Show a run that `ws101 check --save` kept.")
    parser.add_argument("run", metavar="RUN.json")
    show.add_flags(parser)
    options = parser.parse_args(arguments)
    show.check_writable(options.output, "--output")
    try:
        text = read_file(options.run, "the saved run", _LIMIT).decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableInput(
            options.run, "it is no text", "Name a file that `ws101 check --save` wrote."
        ) from None
    from ws101.render.run import load

    return show.show(load(text), options)
