"""A name in proxy_pass is to be resolved while nginx runs, and there is no resolver.

## What happens
Every handshake is answered 502; the error log says `no resolver defined to resolve …`.

## Why
With a variable in `proxy_pass`, nginx looks the name up for each request, and needs `resolver` for it. Without variables it does
so once, at the start.

## How we know
The `proxy_pass` of the socket has a variable, what it gives is a name and no `upstream` of the file, and no `resolver` is in force.

## What to do
`resolver 127.0.0.11;` within Docker, else the address of your DNS server; or name an `upstream`.
"""

import re
from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "upstream-name-unresolved"
_ADDRESS = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\])(?::\d+)?|unix:.*")


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        if not isinstance(sent.server, str) or "$" not in sent.by.arguments[0] or level.nearest("resolver"):
            continue
        host = re.sub(r":\d+$", "", sent.server)
        if host and not _ADDRESS.fullmatch(sent.server) and host.lower() not in scene.model.upstreams:
            message = f"{host} is looked up for each request, and no resolver is set: 502"
            yield offence(way, sent.by, message, remedy="resolver ADDRESS;")


RULE = Rule("resolver-missing", Severity.ERROR, _CAUSE, __doc__, _check)
