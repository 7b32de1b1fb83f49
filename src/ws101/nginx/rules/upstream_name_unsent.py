"""The upstream's name is not sent in its TLS handshake.

## What happens
An upstream that serves several names by TLS (a CDN, a platform, another nginx) answers with another site's certificate, an
alert, or 421: 502 follows.

## Why
`proxy_ssl_server_name` is off unless it is set: nginx sends no SNI to upstreams.

## How we know
`proxy_pass https://` names a host, and the setting in force is off.

## What to do
`proxy_ssl_server_name on;`, and a Host that the upstream knows.
"""

import re
from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "upstream-scheme-mismatch"
_ADDRESS = re.compile(r"[\d.]+(:\d+)?|\[.*|localhost.*|unix:.*")


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        if sent.scheme != "https" or not isinstance(sent.server, str) or _ADDRESS.fullmatch(sent.server):
            continue
        named = sent.server.lower() in scene.model.upstreams and "." not in sent.server
        if not named and level.setting("proxy_ssl_server_name", "off") == "off":
            message = f"{sent.server} is not told which name it is asked for by TLS"
            yield offence(way, sent.by, message, remedy="proxy_ssl_server_name on;")


RULE = Rule("upstream-name-unsent", Severity.NOTE, _CAUSE, __doc__, _check)
