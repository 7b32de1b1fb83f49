"""Fields of a request or an answer as clients print whole heads, one a line. Knows no client."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from ws101.logs.record import fields

# A line such as `Error: …` is no field: names without a hyphen are those of RFC 9110 and 6455 that heads of handshakes have.
_FIELD = (
    r"(?P<name>[A-Za-z0-9]{1,40}(?:-[A-Za-z0-9]{1,40}){1,8}|(?i:host|upgrade|connection|origin|cookie|authorization|server|date|via"
    r"|vary|location|allow|accept|pragma|expires|age|te)): ?(?P<value>.{0,8000})"
)


def is_field(text: str) -> bool:
    """Return whether the text is one field."""
    return _pattern().match(text) is not None


def of(texts: Sequence[str]) -> Mapping[str, str]:
    """Return the fields that these texts are, by their lower-case names; what is none is left out."""
    found = (match for text in texts if (match := _pattern().match(text)))
    return fields((match["name"], match["value"].strip()) for match in found)


def authority(text: str) -> tuple[str, int | None]:
    """Return the host and the port of a Host field."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        return text.strip("[]"), None
    return host.strip("[]"), int(port)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(_FIELD)
