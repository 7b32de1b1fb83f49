"""A web application firewall is in the socket's way.

## What happens
The upgrade does not come about, also in a mode that only detects; or frames are held back.

## Why
ModSecurity and the like buffer the request and the answer, and look for a body that a socket does not have.

## How we know
`modsecurity on` (or `ModSecurityEnabled`, `SecRulesEnabled`) is in force at the socket's location. What it does with an upgrade
only a run can show.

## What to do
`modsecurity off;` in the location of the socket, after the same location without a socket was looked at.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_MODULES = ("modsecurity", "ModSecurityEnabled", "SecRulesEnabled", "app_protect_enable")


def _check(scene: Scene) -> Iterator[Offence]:
    for way, _, level in scene.passed:
        for name in _MODULES:
            lines = level.nearest(name)
            if lines and lines[0].arguments in {("on",), ()}:
                message = "a firewall is on at this socket, which may hold the upgrade back"
                yield offence(way, lines[0], message, remedy=f"{name} off; in the socket's location")


RULE = Rule("firewall-on-socket", Severity.WARNING, "", __doc__, _check)
