"""The lines of JSON that ws101's timer service writes: one object for each handshake, refusal or not."""

from collections.abc import Mapping, Sequence
from typing import Any

from ws101.logs import jsonline, slugs
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.preamble import Preamble
from ws101.logs.record import Record, fields, identity
from ws101.terms import Hop

NAME, SOFTWARE = "ws101-timers", "ws101-timers"
_SIGNS = (b'"ws101.timers.WebSocket"',)
_LOGGER = "ws101.timers.WebSocket"


def _opens(text: str) -> bool:
    if f'"{_LOGGER}"' not in text:
        return False
    members = jsonline.parse(text)
    return members is not None and members.get("logger") == _LOGGER


def _read(lines: Sequence[Line]) -> Entry | None:
    members = jsonline.parse(lines[0].text)
    if members is None:
        return None
    time, zoned = jsonline.moment(members)
    first = Preamble(0, 0, time, zoned, jsonline.level(members), jsonline.text_of(members, "traceId"))
    found = Record(lines, first, (jsonline.message(members),))
    if "status" in members:
        return _handshake(found, members)
    return _closed(found, members) if members.get("message") == "WebSocket closed" else None


def _handshake(found: Record, members: Mapping[str, Any]) -> Entry:
    listed = members.get("headers")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    headers = fields((jsonline.text_of(row, "name"), jsonline.text_of(row, "value")) for row in rows)
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.SERVER,
        told=Told.ANSWERED,
        client=jsonline.text_of(members, "peer"),
        forwarded=jsonline.text_of(members, "clientAddress"),
        method=jsonline.text_of(members, "method"),
        scheme={True: "wss", False: "ws"}.get(members.get("tls", ""), ""),
        host=headers.get("host", ""),
        path=jsonline.text_of(members, "uri", "path"),
        headers=headers,
        whole=bool(headers),
        status=jsonline.number_of(members, "status"),
        agent=headers.get("user-agent", ""),
        identity=identity(headers),
        says=slugs.says(jsonline.text_of(members, "cause")),
        words=jsonline.text_of(members, "reason"),
        user=jsonline.text_of(members, "userId"),
    )


def _closed(found: Record, members: Mapping[str, Any]) -> Entry:
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.SERVER,
        told=Told.ENDED,
        close_code=jsonline.number_of(members, "code"),
        words=jsonline.text_of(members, "reason"),
        user=jsonline.text_of(members, "userId"),
    )


FORMAT = Format(NAME, SOFTWARE, Hop.SERVER, _opens, _read, _SIGNS, certain=True)
