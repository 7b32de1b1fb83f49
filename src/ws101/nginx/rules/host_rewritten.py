"""The upstream gets another Host than the client asked for.

## What happens
An application that compares Origin with Host, or that allows named hosts only, refuses the handshake: 403 or 400. A browser
sends `Origin: https://your.site`, and the Host that arrives is `backend` or `127.0.0.1:3000`.

## Why
Unless it is set, nginx sends `Host: $proxy_host`, the name in `proxy_pass`. `$host` leaves the port out.

## How we know
The Host that the upstream gets is worked out for this handshake. Where no line of the server sends the client's own, it is a note:
many applications do not look at it.

## What to do
`proxy_set_header Host $http_host;`. An upstream that tells its sites apart by name may want the one it gets now.
"""

from collections.abc import Iterator
from functools import lru_cache

from ws101.nginx.model import Level
from ws101.nginx.offence import field_line, known, offence, shadowed_line
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-rewrites-host"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        host, asked = sent.field("Host"), way.route.ask.headers.get("host")
        if not known(host) or host == asked:
            continue
        line = field_line(level, "Host")
        port_alone = str(host or "").partition(":")[0] == asked.partition(":")[0]
        usual = line is None and shadowed_line(sent, "Host") is None and not _set_beside(level)
        message = (
            f"the upstream gets {f'Host: {host}' if host else 'no Host'} where the client asked for {asked}"
        )
        yield offence(
            way, line or sent.by, message, _CAUSE, remedy="proxy_set_header Host $http_host;",
            severity=Severity.NOTE if port_alone or usual else None,
        )  # fmt: skip


def _set_beside(level: Level) -> bool:
    """Whether a location beside this one sends the client's own Host, so that the upstream wants it, maybe."""
    return _sends_host(next((one for one in level.lineage() if one.kind == "server"), level))


@lru_cache(maxsize=64)  # else a server's locations would be gone through for each of them
def _sends_host(server: Level) -> bool:
    lines = (line for one in server.locations.every for line in one.own("proxy_set_header"))
    return any(
        line.arguments[0].lower() == "host" and line.arguments[1] in {"$host", "$http_host"} for line in lines
    )


RULE = Rule("host-rewritten", Severity.WARNING, _CAUSE, __doc__, _check)
