"""The blocks in which a server of the guide's kind tells of a handshake, line by line or in one piece.

Its lines may have a logger's prefix and a request's id. "Connection Attempt" is printed once the upgrade was accepted by
the framework: a handshake that lost its upgrade on the way prints none.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import slugs
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.preamble import split
from ws101.logs.reason import meaning
from ws101.logs.record import Record, fields, forwarded, identity, message, pairs, record
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "guide-server", "the server"
_MARKER = "WebSocket Connection "
_DETECTED = "WebSocket request detected"
_CHALLENGE = "JWT authentication challenge"
_SIGNS = (b"WebSocket Connection ", b"WebSocket request detected", b"JWT authentication challenge")
_OUTCOMES = ("Attempt", "REJECTED", "ACCEPTED")
_HELD = {"upgrade header": "upgrade", "connection header": "connection"}


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        {
            "marker": r"={4,}[ \t]*WebSocket Connection (Attempt|REJECTED|ACCEPTED)[ \t]*={4,}",
            "member": (
                r"[ \t]*(?:-[ \t]+[\w!#$%&'*+.^`|~-]+:|HEADER[ \t]|Headers(?: \(\w+\))?:|(?:URI|Method|Path|Reason|User ID"
                r"|Authorization header present|Upgrade header|Connection header|Sec-WebSocket-[A-Za-z]+):)"
            ),
            "count": r"Headers \((\d{1,4})\)",
            "detected": r"Method: (?P<method>[A-Z]{1,12}),[ \t]*(?:URI|Path): (?P<path>\S+)",
            "scheme": r"Scheme: (?P<scheme>[\w-]+)",
        }[name]
    )


def _opens(text: str) -> bool:
    if _MARKER not in text and _DETECTED not in text and _CHALLENGE not in text:
        return False
    said = message(text)
    return _pattern("marker").match(said) is not None or said.startswith((_DETECTED, _CHALLENGE))


def _continues(text: str) -> bool:
    return _pattern("member").match(message(text)) is not None


def _key(text: str) -> str:
    return split(text).request


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    marker = _pattern("marker").match(found.messages[0])
    outcome = marker[1] if marker else ""
    if outcome == "REJECTED":
        return _rejected(found)
    if outcome == "ACCEPTED":
        user = dict(pairs(found.messages[1:])).get("User ID", "")
        return found.entry(NAME, SOFTWARE, Hop.SERVER, told=Told.ANSWERED, status=101, user=user)
    if outcome == "Attempt":
        return _attempted(found)
    return _challenged(found) if found.messages[0].startswith(_CHALLENGE) else _detected(found)


def _attempted(found: Record) -> Entry:
    said = dict(pairs(found.messages[1:]))
    headers = dict(fields(pairs([text for text in found.messages[1:] if text.lstrip().startswith("- ")])))
    for name, value in pairs(found.messages[1:]):
        if name.startswith("HEADER"):
            headers[name.removeprefix("HEADER").strip().lower()] = value
        elif name.lower() in _HELD or name.startswith("Sec-WebSocket-"):
            absent = value in {"null", ""} and name.lower() in _HELD  # as Kotlin prints what was not there
            if not absent:
                headers.setdefault(_HELD.get(name.lower(), name.lower()), value)
    counted = next((c for text in found.messages if (c := _pattern("count").match(text.strip()))), None)
    listed = sum(text.lstrip().startswith("- ") for text in found.messages[1:])
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.SERVER,
        told=Told.SEEN,
        method=said.get("Method", ""),
        path=said.get("URI") or said.get("Path", ""),
        headers=headers,
        forwarded=forwarded(headers),
        whole=counted is not None and int(counted[1]) == listed,
        host=headers.get("host", ""),
        agent=headers.get("user-agent", ""),
        identity=identity(headers),
    )


def _rejected(found: Record) -> Entry:
    said = dict(pairs(found.messages[1:]))
    reason = said.get("Reason", "")
    says = slugs.named(reason)
    if says is Says.NOTHING and reason == "No authenticated user found":
        here = said.get("Authorization header present", "")
        says = Says.TOKEN_MISSING if here == "false" else Says.CREDENTIALS
    if says is Says.NOTHING:
        says = meaning(reason)
    return found.entry(
        NAME, SOFTWARE, Hop.SERVER, told=Told.ANSWERED, says=says, words=reason, status=slugs.status(reason)
    )


def _detected(found: Record) -> Entry:
    parts = _pattern("detected").search(found.message)
    told = parts.groupdict() if parts else {}
    return found.entry(NAME, SOFTWARE, Hop.SERVER, told=Told.SEEN, **told)


def _challenged(found: Record) -> Entry:
    # Ktor's JWT provider challenges alike for no token, a wrong one and a user that `validate` does not know.
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.SERVER,
        told=Told.ANSWERED,
        says=Says.CREDENTIALS,
        words=found.messages[0],
        status=401,
    )


FORMAT = Format(NAME, SOFTWARE, Hop.SERVER, _opens, _read, _SIGNS, _continues, _key, certain=True)
