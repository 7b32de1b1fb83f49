"""One proxy_set_header in the location replaces all those above it

## What happens
The upgrade headers are set, one level higher, and yet the application sees none of them.

## Why
nginx inherits `proxy_set_header` from the level above only if the current level sets none at all. One line, or an
`include proxy_params;`, in the location switches all the others off.

## How we know
From outside it looks like headers that are not passed on at all; only the configuration tells the two apart.

## What to do
Repeat the upgrade headers in the location, or put all of them into one file that every such location includes.
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101.cause import Cause, RuledOut, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.judging import CONFIGURATION, blame, past_upgrade, upgrade_fault
from ws101.report import Remedy
from ws101.terms import Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("an upgrade passes the proxy")
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change an upgrade passes", mended)
    if evidence.moves("version-99"):
        return RuledOut(
            "version 99 is answered otherwise, so Upgrade reaches a WebSocket layer", "version-99"
        )
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    return Unknown(CONFIGURATION)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    found = upgrade_fault(evidence, hop, "proxy-header-inheritance-lost")
    if found is None or isinstance(found, RuledOut):
        return found
    assert hop.sent
    lost = [line for line in hop.sent.shadowed if line.arguments[0].lower() in {"upgrade", "connection"}]
    first = next(iter(hop.in_force("proxy_set_header")), None)
    note = "replaces all the lines above it, those of the upgrade too"
    shadowed = ((line, "does not come down to this location") for line in lost)
    return replace(blame((first, note), *shadowed, cure=found.edits), latent=past_upgrade(evidence))


CAUSE = Cause(
    slug="proxy-header-inheritance-lost",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy("Repeat the upgrade headers in the location that sets headers of its own.", Hop.PROXY),
    judge=judge,
    inspect=inspect,
)
