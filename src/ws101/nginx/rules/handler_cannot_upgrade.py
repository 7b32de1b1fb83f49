"""What passes the socket on cannot pass an upgrade on.

## What happens
The application never sees a WebSocket: 400, 404, 426 or 500 is what it answers.

## Why
In nginx only `proxy_pass` can switch protocols. FastCGI, uwsgi, SCGI, gRPC and memcached have no upgrade; uWSGI's own
WebSockets need its HTTP router.

## How we know
The handshake is led through the configuration; it ends at this line.

## What to do
Let the application listen for HTTP (gunicorn, uvicorn, daphne, `uwsgi --http-socket`), and use `proxy_pass` in the socket's location.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.outcome import Passed
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-drops-upgrade-headers"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        outcome = way.let_in.outcome
        if isinstance(outcome, Passed) and outcome.by.name != "proxy_pass":
            message = f"{outcome.by.name} cannot pass an upgrade on; only proxy_pass can"
            yield offence(way, outcome.by, message, remedy="proxy_pass http://… in the socket's location")


RULE = Rule("handler-cannot-upgrade", Severity.ERROR, _CAUSE, __doc__, _check)
