"""No server_name fits the host of the URL, and the default server answers.

## What happens
Another site's location answers the handshake, or 404, 444 or 421.

## Why
Where no `server_name` fits the Host, nginx takes the server with `default_server`, or the first one of the address and port.

## How we know
The URL's host is looked up among the names of the servers that listen there, as nginx does.

## What to do
Add the name to `server_name` of the server that is meant.
"""

from collections.abc import Iterator

from ws101.nginx.listen import Named, server_for
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.sockets import Told
from ws101.nginx.tree import Directive

_CAUSE = "proxy-default-server"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        state = way.route.state
        if way.told is not Told.URL or state is None or state.server.directive is None:
            continue
        found = server_for(state.socket, state.host)
        others = [
            line for server in state.socket.servers for line in server.own("server_name") if _names(line)
        ]
        if not isinstance(found, Named) or found.name is not None or not others:
            continue
        message = f"no server_name on port {way.route.ask.port} fits {state.host}, so this server answers by default"
        yield offence(
            way, state.server.directive, message, _CAUSE,
            related=tuple((line, "does not fit") for line in others[:5]), remedy=f"server_name … {state.host};",
            severity=Severity.NOTE if way.upstream is not None and len(state.socket.servers) == 1 else None,
        )  # fmt: skip


def _names(line: Directive) -> bool:
    return any(name not in {"", "_"} for name in line.arguments)


RULE = Rule("default-server-catches", Severity.ERROR, _CAUSE, __doc__, _check)
