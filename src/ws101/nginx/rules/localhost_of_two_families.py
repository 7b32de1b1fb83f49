"""The upstream is called localhost, which has two addresses.

## What happens
Some handshakes are answered 502 (`connect() failed … [::1]:3000`), or all of them within a container.

## Why
nginx resolves `localhost` to 127.0.0.1 and ::1 and uses both in turn; many servers listen on one of them. In a container,
localhost is the container itself.

## How we know
The name in `proxy_pass`, or in a `server` line of the upstream that it names.

## What to do
`proxy_pass http://127.0.0.1:3000;`; between containers the service's name.
"""

import re
from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_NAMED = re.compile(r"localhost(:\d+)?", re.IGNORECASE)


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, _ in scene.passed:
        if not isinstance(sent.server, str):
            continue
        upstream = scene.model.upstreams.get(sent.server.lower())
        servers = (
            [one for one in upstream.children() if one.name == "server" and one.arguments] if upstream else []
        )
        lines = [one for one in servers if _NAMED.fullmatch(one.arguments[0])]
        if upstream is None and _NAMED.fullmatch(sent.server):
            lines = [sent.by]
        for line in lines:
            yield offence(
                way, line, "localhost is 127.0.0.1 and ::1, and nginx tries both in turn", remedy="127.0.0.1"
            )


RULE = Rule("localhost-of-two-families", Severity.NOTE, "upstream-refused", __doc__, _check)
