"""The map behind Connection or Upgrade gives a handshake the wrong word.

## What happens
The lines of the location look right; the upstream gets `Connection: close`, a misspelt word, or nothing.

## Why
A `map` without `default` gives an empty text for what it does not list; keys and values get mixed up; a key is misspelt. What
nginx sends is decided far from the location.

## How we know
The map is worked out for `Upgrade: websocket`; the entry that decides is named.

## What to do
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ""      "";
    }
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, known, offence, says_upgrade, value_text
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.tree import Directive
from ws101.nginx.variable import names_in

_CAUSE = "proxy-garbles-upgrade-headers"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        for name in ("Connection", "Upgrade"):
            line, value = field_line(level, name), sent.field(name)
            if line is None or not known(value) or _sound(name, value):
                continue
            if name == "Upgrade" and says_upgrade(value):
                continue  # a sound map for Connection, and the wrong field: upgrade-literal says so
            for variable in names_in(value_text(line)):
                if (found := scene.model.variables.maps.get(variable)) is None:
                    continue
                entry = _decisive(found, str(value or ""))
                given = f"gives {value!r}" if value else "gives nothing"
                yield offence(
                    way, entry or found, f"${variable} {given} for Upgrade: websocket", _CAUSE,
                    related=((line, f"sends it as {name}"),), remedy="default upgrade; and '' '';",
                )  # fmt: skip


def _sound(name: str, value: object) -> bool:
    return says_upgrade(value) if name == "Connection" else str(value or "").lower() == "websocket"


def _decisive(found: Directive, value: str) -> Directive | None:
    """Return the entry that gave the value; None where none fits, and the map has no default."""
    entries = {entry.name.lower(): entry for entry in found.children() if len(entry.texts) == 2}
    chosen = entries.get("websocket") or entries.get("default")
    if chosen is not None and chosen.arguments[0] == value:
        return chosen
    return next(
        (entry for entry in entries.values() if entry.name.startswith("~") and entry.arguments[0] == value),
        chosen,
    )


RULE = Rule("map-wrong", Severity.ERROR, _CAUSE, __doc__, _check)
