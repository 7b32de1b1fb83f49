"""One part of the file sends the PROXY protocol, and the other does not expect it, or the reverse.

## What happens
The listener that does not expect it answers 400 to a request that begins with `PROXY`; the one that waits for it closes
connections without, and logs `broken header`.

## Why
A `stream` server passes connections on to a `listen` of the same file. `proxy_protocol on;` there and `proxy_protocol` at the
`listen` belong together.

## How we know
The `proxy_pass` of a stream server names an address and port on which a server of this file listens.

## What to do
Set both or neither.
"""

import re
from collections.abc import Iterator

from ws101.nginx.model import Model
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.sockets import Way
from ws101.nginx.tree import Directive

_CAUSE = "proxy-protocol-mismatch"
_HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})


def _check(scene: Scene) -> Iterator[Offence]:
    ports = {way.route.ask.port: way for way in scene.ways}
    fed = list(_streams(scene.model))
    for line, sends, port in fed:
        way, socket = ports.get(port), scene.model.socket(None, port)
        if way is None or socket is None or socket.proxy_protocol is sends:
            continue
        listen = next((d for server in socket.servers for d in server.own("listen")), None)
        said = "begins with the PROXY protocol" if sends else "does not begin with the PROXY protocol"
        expects = "does not expect" if sends else "expects"
        message = f"what is passed on to port {port} {said}, and that listener {expects} it"
        yield offence(way, line, message, related=((listen, "is the listener"),) if listen else ())
    for way in scene.ways:
        yield from _waiting(way, {port for _, _, port in fed})


def _waiting(way: Way, fed: set[int]) -> Iterator[Offence]:
    """Tell of a listener that waits for the PROXY protocol, where nothing of the file sends it."""
    server, port = way.route.server, way.route.ask.port
    lines = server.own("listen") if server is not None and port not in fed else []
    for line in lines:
        if "proxy_protocol" in line.arguments and re.search(rf"(?:^|:){port}$", line.arguments[0]):
            message = (
                f"port {port} waits for a load balancer's PROXY line; a client that comes without is closed"
            )
            yield offence(way, line, message, _CAUSE, severity=Severity.NOTE)


def _streams(model: Model) -> Iterator[tuple[Directive, bool, int]]:
    """Yield the `proxy_pass` of each stream server to this machine, whether it sends the PROXY protocol, and to which port."""
    for stream in model.streams:
        above = _on(stream, default=False)
        targets = {d.arguments[0]: d for d in stream.children() if d.name == "upstream" and d.arguments}
        for server in (d for d in stream.children() if d.name == "server"):
            for line in (d for d in server.children() if d.name == "proxy_pass" and d.arguments):
                for where in _places(line, targets):
                    host, _, port = where.rpartition(":")
                    if host in _HERE and port.isdigit():
                        yield line, _on(server, default=above), int(port)


def _places(line: Directive, targets: dict[str, Directive]) -> list[str]:
    upstream = targets.get(line.arguments[0])
    if upstream is None:
        return [line.arguments[0]]
    return [d.arguments[0] for d in upstream.children() if d.name == "server" and d.arguments]


def _on(block: Directive, *, default: bool) -> bool:
    said = next((d.arguments for d in block.children() if d.name == "proxy_protocol"), None)
    return default if said is None else said == ("on",)


RULE = Rule("proxy-protocol-mismatch", Severity.ERROR, _CAUSE, __doc__, _check)
