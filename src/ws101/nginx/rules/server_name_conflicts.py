"""Another server takes the requests for the one with the socket.

## What happens
The server with the socket's location gets no request at all: nginx warns `conflicting server name … ignored`, and starts.

## Why
Of two servers with one name on one address and port the first counts; without names, the default server does. Often an old
file was left in `sites-enabled` or `conf.d`.

## How we know
A request for this server's name and address is led through the configuration; it ends in the other server.

## What to do
Remove the other server or its name; `nginx -T` shows which files are read.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.straying import server_of

_CAUSE = "proxy-default-server"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        meant, server = server_of(way.meant) if way.meant else None, way.route.server
        if meant is None or server is None or meant.directive is server.directive or meant.directive is None:
            continue
        names = meant.own("server_name")
        place = names[0] if names else meant.directive
        other = next(iter(server.own("server_name")), server.directive)
        message = f"requests for {way.url} come to another server, and this one gets none"
        related = ((other, "takes them"),) if other is not None else ()
        yield offence(way, place, message, related=related, remedy="let only one server have the name")


RULE = Rule("server-name-conflicts", Severity.ERROR, _CAUSE, __doc__, _check)
