"""Who may pass: addresses and passwords (ngx_http_access_module, ngx_http_auth_basic_module)."""

import ipaddress

from ws101.nginx.model import Level
from ws101.nginx.outcome import Undecided
from ws101.nginx.rewrite import Refused
from ws101.nginx.state import State
from ws101.nginx.value import Unknown
from ws101.nginx.variable import expand


def address(state: State) -> bool | Refused | Undecided | None:
    """Return True where the address is allowed by a rule, None where there is no rule."""
    level: Level | None = state.level
    while level is not None and not (level.own("allow") or level.own("deny")):
        level = level.parent
    if level is None:
        return None
    for line in (child for child in level.children if child.name in {"allow", "deny"}):
        fits = _fits(state.ask.client, line.arguments[0])
        if fits is None:
            return Undecided(
                f"the client's address is not given, and {line.name} {line.arguments[0]} asks for it", line
            )
        if fits:
            return True if line.name == "allow" else Refused(403, line)
    return None


def _fits(client: str | None, rule: str) -> bool | None:
    if rule == "all":
        return True
    if rule == "unix:":
        return False
    if client is None:
        return None
    try:
        return ipaddress.ip_address(client) in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return False


def basic(state: State) -> Refused | Undecided | None:
    """Return the refusal of one without a password, None where none is asked for."""
    found = state.level.nearest("auth_basic")
    realm = expand(state, found[0].arguments[0]) if found else "off"
    if realm == "off":
        return None
    if isinstance(realm, Unknown):
        return Undecided(realm.why, found[0])
    if not state.ask.headers.get("authorization").lower().startswith("basic "):
        return Refused(401, found[0])
    return Undecided("whether the password is right", found[0])
