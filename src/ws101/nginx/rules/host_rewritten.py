"""The upstream gets another Host than the client asked for.

## What happens
An application that compares Origin with Host, or that allows named hosts only, refuses the handshake: 403 or 400. A browser
sends `Origin: https://your.site`, and the Host that arrives is `backend` or `127.0.0.1:3000`.

## Why
Unless it is set, nginx sends `Host: $proxy_host`, the name in `proxy_pass`. `$host` leaves the port out.

## How we know
The Host that the upstream gets is worked out for this handshake.

## What to do
`proxy_set_header Host $http_host;`. An upstream that tells its sites apart by name may want the one it gets now.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, known, offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-rewrites-host"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed():
        host, asked = sent.field("Host"), way.route.ask.headers.get("host")
        if not known(host) or host == asked:
            continue
        line = field_line(level, "Host")
        port_alone = str(host or "").partition(":")[0] == asked.partition(":")[0]
        message = (
            f"the upstream gets {f'Host: {host}' if host else 'no Host'} where the client asked for {asked}"
        )
        yield offence(
            way, line or sent.by, message, _CAUSE, remedy="proxy_set_header Host $http_host;",
            severity=Severity.NOTE if port_alone else None,
        )  # fmt: skip


RULE = Rule("host-rewritten", Severity.WARNING, _CAUSE, __doc__, _check)
