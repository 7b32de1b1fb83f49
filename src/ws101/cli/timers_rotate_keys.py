"""`ws101 timers rotate-keys`: lets the next key sign access tokens; a running service takes it over by itself."""

import os
from collections.abc import Sequence

from ws101.cli import streams, timers_settings
from ws101.timers.clock import SystemClock
from ws101.timers.server.keys import rotate


def main(arguments: Sequence[str]) -> int:
    """Rotate, and name the key that signs now."""
    about = (
        "Sign access tokens with the next key, which was published before. The old key verifies until its last token has"
        " expired. A running service takes it over by itself."
    )
    parser = timers_settings.parser("rotate-keys", about)
    parser.add_argument(
        "--at-once",
        action="store_true",
        help="no old key verifies any more (it leaked): every access token is refused",
    )
    options = parser.parse_args(arguments)
    key = rotate(timers_settings.settings(options, os.environ), SystemClock().now(), at_once=options.at_once)
    streams.say(f"{key.algorithm} key {key.kid} signs from now on.\n")
    return 0
