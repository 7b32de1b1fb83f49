"""What a report says of the configurations that were given: which way they lead, what was assumed, what was not read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ws101.evidence import Evidence
from ws101.judging import quoted

if TYPE_CHECKING:
    from ws101.configured import Configured


def unread(evidence: Evidence) -> str:
    """Say what of the configurations could not be read or followed, so that they cannot tell all; empty where nothing is."""
    for hop in evidence.config or ():
        troubles = hop.model.troubles
        more = f", and {len(troubles) - 1} more" if len(troubles) > 1 else ""
        if troubles:
            return f"not all of the configuration was read: {troubles[0].place}: {troubles[0].what}{more}"
        if hop.undecided is not None:
            place = f" ({hop.undecided.by.place})" if hop.undecided.by else ""
            return f"the configuration does not tell how this handshake goes on: {hop.undecided.why}{place}"
    return ""


def stated(evidence: Evidence) -> tuple[str, ...]:
    """Say what was taken for granted of the configurations, and where they contradict a handshake that works."""
    if evidence.config == ():
        return ("the configuration: HTTP/2 is not followed through it",)
    hops = evidence.config or ()
    perhaps_reached = _limits(hops, evidence.status)
    assumed = list(dict.fromkeys(text for hop in hops for text in hop.stated if text not in perhaps_reached))
    said = (
        [f"taken for granted where the configuration was followed: {'; '.join(assumed)}"] if assumed else []
    )
    if evidence.works and (refusing := next((hop for hop in hops if _would_refuse(hop)), None)):
        line = refusing.gate or (refusing.sent.by if refusing.sent else None)
        where = f" ({line.place}: `{quoted(line)}`)" if line else ""
        said.append(
            f"the configuration would not let this handshake through{where}: what runs is another one"
        )
    return tuple(said)


def _limits(hops: "Sequence[Configured]", status: int | None) -> frozenset[str]:
    """Return what is said of limits that answer as the handshake was answered: these may be reached."""
    if status is None or not hops:
        return frozenset()
    from ws101.nginx.access import unreached  # whoever has a configuration has loaded what it needs
    from ws101.nginx.limit import reached

    return frozenset(unreached(line) for hop in hops if hop.level for line in reached(hop.level, status))


def _would_refuse(hop: "Configured") -> bool:
    if not hop.whole or hop.undecided:
        return False
    return hop.answered is not None or (hop.sent is not None and hop.sent.upgrades is False)


def way(evidence: Evidence) -> tuple[str, ...]:
    """Say which lines of the configurations take the handshake, hop by hop."""
    said = []
    for hop in evidence.config or ():
        location = hop.route.location.directive if hop.route.location else None
        taken = f"`{quoted(location)}` ({location.place}) takes it" if location else "no location takes it"
        passed = f", and passes it on to {hop.sent.server}" if hop.sent else ""
        said.append(f"configuration: {taken}{passed}")
    return tuple(said)
