"""Who may pass: addresses and passwords (ngx_http_access_module, ngx_http_auth_basic_module), and what they come to together."""

import ipaddress
from collections.abc import Iterable

from ws101.nginx.model import Level
from ws101.nginx.outcome import Undecided
from ws101.nginx.rewrite import Refused
from ws101.nginx.state import State
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown
from ws101.nginx.variable import expand

Verdict = bool | Refused | Undecided | None  # True lets it pass, None says nothing


def together(
    verdicts: Iterable[Verdict], *, one_will_do: bool, held: Refused | None = None
) -> tuple[Refused | Undecided | None, Refused | None]:
    """Return why the request may not pass, None where it may, and the refusal that is held against it from then on.

    As ngx_http_core_access_phase: asks no further than nginx does. Where one will do, a refusal is `held` (r->access_code) until the
    end; something else that ends the asking before leaves it there, for where error_page leads to.
    """
    refused = held
    unknown: Undecided | None = None
    for verdict in verdicts:
        if isinstance(verdict, Undecided):
            if not one_will_do:
                return verdict, refused
            unknown = verdict
        elif isinstance(verdict, Refused):
            if not one_will_do or verdict.status not in {401, 403}:
                return unknown or verdict, refused
            refused = refused if refused and refused.status == 401 else verdict
        elif verdict and one_will_do:
            return None, None
    return unknown or refused, None


def unreached(line: Directive) -> str:
    """Say that the limit of a line is taken not to be reached."""
    return f"the limit of {line.place} is not reached"


def address(state: State) -> Verdict:
    """Return True where the address is allowed by a rule, None where there is no rule."""
    level: Level | None = state.level
    while level is not None and not (level.own("allow") or level.own("deny")):
        level = level.parent
    if level is None:
        return None
    unsure: list[Directive] = []
    for line in (child for child in level.children if child.name in {"allow", "deny"}):
        fits = _fits(state.ask.client, line.arguments[0])
        if fits is None:
            unsure.append(line)
        elif fits:
            other = next((one for one in unsure if one.name != line.name), None)
            if other is not None:
                return _unknown(other)
            return True if line.name == "allow" else Refused(403, line)
    return _unknown(unsure[0]) if unsure else None


def _unknown(line: Directive) -> Undecided:
    return Undecided(
        f"the client's address is not given, and {line.name} {line.arguments[0]} asks for it", line
    )


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


def basic(state: State) -> Verdict:
    """Return the refusal of one without a password, None where none is asked for."""
    found = state.level.nearest("auth_basic")
    realm = expand(state, found[0].arguments[0]) if found else "off"
    if realm == "off" or not state.level.nearest("auth_basic_user_file"):
        return None
    if isinstance(realm, Unknown):
        return Undecided(realm.why, found[0])
    if not state.ask.headers.get("authorization").lower().startswith("basic "):
        return Refused(401, found[0])
    return Undecided("whether the password is right", found[0])
