"""The value of Connection: the map that makes `upgrade` of a client's Upgrade, found, mended or written."""

import re
from typing import NamedTuple

from ws101.nginx.edit import Edit
from ws101.nginx.pattern import search
from ws101.nginx.placing import above, into, unit, word
from ws101.nginx.route import Route
from ws101.nginx.simulate import HTTP_1_1
from ws101.nginx.state import State
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown
from ws101.nginx.variable import names_in, value_of

_SOURCES = frozenset({"$http_upgrade", "${http_upgrade}"})
_NAMES = ("connection_upgrade", "websocket_connection")


class Source(NamedTuple):
    """What Connection is to be set to, the edits that this needs, and what speaks against them."""

    text: str
    edits: tuple[Edit, ...] = ()
    doubt: str = ""


def connection(route: Route, line: Directive | None) -> Source:
    """Return what a Connection line must say to pass an upgrade on; `line` is the one that does not, if there is one."""
    state = route.state
    assert state
    named = _only_variable(line)
    maps = state.model.variables.maps
    if named in maps and _of_upgrade(maps[named]):
        return Source(f"${named}", _mended(maps[named]))
    if named and _undefined(state, named):
        doubt = f"what was not read may define ${named}" if state.model.partial else ""
        return Source(f"${named}", (_written(route, named),), doubt)
    sound = next((name for name, one in maps.items() if _of_upgrade(one) and _upgrades(state, name)), None)
    if sound:
        return Source(f"${sound}")
    names = _NAMES[1:] if state.model.partial else _NAMES  # the usual name may be defined elsewhere
    fresh = next((name for name in names if _undefined(state, name)), "upgrade_of_websocket")
    return Source(f"${fresh}", (_written(route, fresh),))


def _only_variable(line: Directive | None) -> str:
    """Return the variable that the line's value consists of, or nothing."""
    value = line.arguments[1] if line and len(line.arguments) > 1 else ""
    names = names_in(value)
    return names[0] if len(names) == 1 and value in {f"${names[0]}", f"${{{names[0]}}}"} else ""


def _of_upgrade(directive: Directive) -> bool:
    return directive.arguments[0] in _SOURCES


def _upgrades(state: State, name: str) -> bool:
    value = value_of(state, name)
    return isinstance(value, str) and "upgrade" in {token.strip().lower() for token in value.split(",")}


def _undefined(state: State, name: str) -> bool:
    value = value_of(state, name)
    return isinstance(value, Unknown) and value.why.startswith("nobody defines")


def _mended(directive: Directive) -> tuple[Edit, ...]:
    """Return the edits by which a map of $http_upgrade says upgrade for `websocket`, and what it said for nothing."""
    entries = {child.name: child for child in directive.children() if len(child.texts) == 2}
    decisive = next((child for key, child in entries.items() if _matches(key)), None)
    if decisive is None and "" in entries:
        decisive = entries.get("default")
    if decisive is not None:
        return (word(decisive, 1, "upgrade"),)
    return into(directive, ("websocket upgrade;",))


def _matches(key: str) -> bool:
    if not key.startswith("~"):
        return key.lower() == "websocket"
    caseless = key.startswith("~*")
    return isinstance(search(key[2:] if caseless else key[1:], "websocket", caseless=caseless), re.Match)


def _written(route: Route, name: str) -> Edit:
    """Return the edit that writes a map above the server; requests without Upgrade are sent what nginx sends by itself."""
    assert route.server
    assert route.server.directive
    plain = "''" if route.ask.nginx >= HTTP_1_1 else "close"
    step = unit(route.server.directive.file)
    lines = (
        f"map $http_upgrade ${name} {{",
        f"{step}default upgrade;",
        f"{step}''      {plain};",
        "}",
    )
    return above(route.server.directive, lines)
