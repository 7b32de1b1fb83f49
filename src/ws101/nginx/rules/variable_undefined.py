"""A variable is used that nobody defines.

## What happens
`nginx -t` says `unknown "connection_upgrade" variable` and refuses the whole configuration: what runs is the one before, or
nothing.

## Why
`$connection_upgrade` is not nginx's own: a `map` in the http block defines it, and that part was not copied along.

## How we know
No `map`, `set`, capture or module of this configuration defines the name, and nginx has none such. A module that is not
read here may.

## What to do
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ""      "";
    }
"""

import re
from collections.abc import Iterator

from ws101.nginx.model import Model
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.sockets import Way
from ws101.nginx.state import State
from ws101.nginx.tree import Directive, walk
from ws101.nginx.value import Unknown
from ws101.nginx.variable import names_in, value_of

_CAUSE = "proxy-garbles-upgrade-headers"
_NGINX_OWN = re.compile(
    r"binary_remote_addr|nginx_.*|https?|proxy_.*|fastcgi_.*|memcached_key|modern_browser|ancient_browser|msie|brotli_.*|memory.*"
    r"|session_.*|server_.*|otel_.*|geoip2?_.*|mgmt_.*|protocol|preread.*|acme_.*|bytes_.*|request.*|upstream_.*|sent_.*|ssl_.*"
)


def _check(scene: Scene) -> Iterator[Offence]:
    defined = frozenset(_defined(scene.model))
    for way, sent, level in scene.passed:
        state = way.route.state
        for line in (*level.nearest("proxy_set_header"), sent.by):
            for name in dict.fromkeys(names_in(" ".join(line.arguments))):
                if state is None or name in defined or not _unknown(state, name):
                    continue
                yield _told(scene, way, line, name)


def _told(scene: Scene, way: Way, line: Directive, name: str) -> Offence:
    """Tell of one variable: of an upgrade's it is sure where all of the configuration is at hand; else a module may define it."""
    if "upgrade" not in name and "connection" not in name:
        message = f"${name} is defined nowhere, unless by a module that is not read here"
        return offence(way, line, message, severity=Severity.WARNING)
    whole = scene.model.http.directive is not None
    message = f"${name} is defined nowhere" + (
        ", so nginx refuses to start"
        if whole
        else " in this part of a configuration; the http block must define it"
    )
    remedy = f"map $http_upgrade ${name} {{ default upgrade; '' ''; }} in the http block"
    return offence(way, line, message, _CAUSE, remedy=remedy, severity=None if whole else Severity.NOTE)


def _unknown(state: State, name: str) -> bool:
    value = value_of(state, name)
    return (
        isinstance(value, Unknown)
        and value.why.startswith("nobody defines")
        and not _NGINX_OWN.fullmatch(name)
    )


def _defined(model: Model) -> Iterator[str]:
    """Yield what directives of other modules assign: auth_request_set, set_by_lua, geoip2 and the like."""
    for directive in walk(model.configuration.main.directives):
        if directive.name.startswith("$"):
            yield directive.name[1:]
        elif "set" in directive.name and directive.name != "proxy_set_header" and directive.arguments:
            yield directive.arguments[0].lstrip("$")


RULE = Rule("variable-undefined", Severity.ERROR, _CAUSE, __doc__, _check)
