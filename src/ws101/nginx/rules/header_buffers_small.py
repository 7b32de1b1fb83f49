"""The buffers for header lines are smaller than tokens may be.

## What happens
A handshake with a long token or cookie is answered 400 “Request Header Or Cookie Too Large” or 414, while others work.

## Why
`large_client_header_buffers` gives the size of the longest line; 8k is the default, and a token with many claims beside a
few cookies reaches 4k easily.

## How we know
The setting in force at the server is smaller than nginx's default.

## What to do
`large_client_header_buffers 4 16k;` in the http block; for a name that is not sent by SNI the default server's counts.
"""

from collections.abc import Iterator

from ws101.nginx.intake import header_buffers
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "request-header-too-large"
_DEFAULT = 8192


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        server = way.route.server
        if server is None:
            continue
        _, size, line = header_buffers(server)
        if line is not None and size < _DEFAULT:
            message = (
                f"a header line of the handshake may have {size} bytes, fewer than the default of {_DEFAULT}"
            )
            yield offence(way, line, message, remedy="large_client_header_buffers 4 16k;")


RULE = Rule("header-buffers-small", Severity.WARNING, _CAUSE, __doc__, _check)
