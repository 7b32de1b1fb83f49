"""The buffers for header lines are smaller than tokens may be.

## What happens
A handshake with a long token or cookie is answered 400 “Request Header Or Cookie Too Large” or 414, while others work.

## Why
`large_client_header_buffers` gives the size of the longest line; 8k is the default, and a token with many claims beside a
few cookies reaches 4k easily.

## How we know
The setting in force at the server is smaller than nginx's default; or the handshake that was named is larger than it.

## What to do
`large_client_header_buffers 4 16k;` in the http block; for a name that is not sent by SNI the default server's counts.
"""

from collections.abc import Iterator

from ws101.nginx.intake import header_buffers
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "request-header-too-large"
_DEFAULT = 8192
_TOO_LONG, _TOO_LARGE = 414, 494
_REMEDY = "large_client_header_buffers 4 16k;"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        server, state = way.route.server, way.route.state
        if server is None or state is None:
            continue
        _, size, line = header_buffers(server)
        place = line or server.directive
        if place is not None and (
            state.error == _TOO_LARGE or (state.error or way.route.status) == _TOO_LONG
        ):
            message = f"this handshake is refused, for one of its lines has more than {size} bytes"
            yield offence(way, place, message, _CAUSE, remedy=_REMEDY, severity=Severity.ERROR)
        elif line is not None and size < _DEFAULT:
            message = (
                f"a header line of the handshake may have {size} bytes, fewer than the default of {_DEFAULT}"
            )
            yield offence(way, line, message, remedy=_REMEDY)


RULE = Rule("header-buffers-small", Severity.WARNING, _CAUSE, __doc__, _check)
