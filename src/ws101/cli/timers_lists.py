"""`ws101 timers lists`: the lists with their timers, as the service has them now."""

import sys
from collections.abc import Sequence

from ws101.cli import streams, timers_client
from ws101.cli.terminal import face
from ws101.cli.timers_face import rows
from ws101.render.ink import Ink
from ws101.timers import wire

NONE_YET = "You have no lists yet. Make one: ws101 timers new list Work\nand a timer in it:  ws101 timers new timer Work Focus 25m"


def main(arguments: Sequence[str]) -> int:
    """Show them."""
    parser = timers_client.parser("lists", "Show your lists with their timers.")
    parser.add_argument("--json", action="store_true", help="as the service tells them")
    timers_client.add_colour(parser)
    options = parser.parse_args(arguments)
    used = timers_client.client(options)
    lists = timers_client.run(used.account.lists(), used)
    if options.json:
        streams.say(wire.encode(lists).decode() + "\n", always_utf8=True)
        return 0
    look = face(sys.stdout, options.color)
    shown = rows(lists, None, Ink(look.width, look.colour, look.ascii_only)) if lists else [NONE_YET]
    streams.say("\n".join(shown) + "\n")
    return 0
