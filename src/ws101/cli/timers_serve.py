"""`ws101 timers serve`: runs the service until it is told to stop."""

import os
import sys
from collections.abc import Sequence

from ws101.cli import streams, timers_settings
from ws101.timers.server.run import Running, serve


def main(arguments: Sequence[str]) -> int:
    """Run the service; 0 once it has drained."""
    about = "Run the timer service: REST and WebSocket on one port, its data in one directory."
    options = timers_settings.parser("serve", about).parse_args(arguments)
    serve(timers_settings.settings(options, os.environ), _announce)
    return 0


def _announce(service: Running) -> None:
    """Tell a person where to go; the log has it anyway."""
    if sys.stderr.isatty():
        streams.complain(_banner(service))


def _banner(service: Running) -> str:
    settings = service.parts.settings
    return "\n".join(
        [
            f"The timer service runs at {service.url}",
            f"  documentation  {service.docs_url}",
            f"  notifications  {service.socket_url}",
            f"  data           {settings.data.absolute()}",
            f"  tokens         {settings.algorithm}, {settings.access_lifetime} s",
            "Stop it with Ctrl-C; what is open is ended in order.",
            "",
        ]
    )
