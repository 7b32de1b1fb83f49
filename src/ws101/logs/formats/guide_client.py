"""The lines in which a client of the guide's kind tells of a handshake: what it means to send, and what came of it.

What it prints of the URL and the headers was computed, not observed, so it is told as meant.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import sayings
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.preamble import split
from ws101.logs.record import Record, fields, identity, message, pairs, record, where
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "guide-client", "the client"
_SIGNS = (b"[WebSocket] ", b"[Web Socket] ", b"WebSocket connected", b"No token found")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    tag = r"\[Web ?Socket\][ \t]+"
    return re.compile(
        {
            "opens": (
                rf"(?:🔌[ \t]*)?{tag}Connecting to |(?:🚫|❌)?[ \t]*{tag}Failed to connect|✅ WebSocket connected"
                r"|❌ No token found"
            ),
            "member": (
                rf"(?:🔌[ \t]*{tag}|{tag})(?!Connecting to |Failed to connect)|🚫[ \t]*{tag}(?!Failed to connect)"
                r"|[ \t]*-[ \t]+[\w!#$%&'*+.^`|~-]+:|🔄|[ \t]+(?:Method|URL|Protocol|Host|Port|Path|Full URL|Headers|Full request URL):"
            ),
            "details": rf"(?:🔌[ \t]*)?{tag}Request Details:",
            "tag": rf"[^\[\w]{{0,6}}(?:{tag})?",
            "address": r"Host: (?P<host>[^\s,]+), Port: (?P<port>\d{1,5}), Path: (?P<path>\S+)",
        }[name]
    )


def _opens(text: str) -> bool:
    if "WebSocket" not in text and "Web Socket" not in text and "No token found" not in text:
        return False
    return _pattern("opens").match(message(text)) is not None


def _details(text: str) -> bool:
    return "Request Details:" in text and _pattern("details").match(message(text)) is not None


def _continues(text: str) -> bool:
    return _pattern("member").match(message(text)) is not None


def _key(text: str) -> str:
    return split(text).request


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    first = found.messages[0]
    if "WebSocket connected" in first:
        return found.entry(NAME, SOFTWARE, Hop.CLIENT, told=Told.ANSWERED, status=101)
    if "No token found" in first:
        return found.entry(
            NAME, SOFTWARE, Hop.CLIENT, told=Told.WRONG, says=Says.TOKEN_MISSING, words=first.strip("❌ ")
        )
    return _failed(found) if "Failed to connect" in first else _meant(found)


def _failed(found: Record) -> Entry:
    texts = _untagged(found)
    said = dict(pairs(texts))
    words = said.get("Failed to connect to WebSocket") or said.get("Failed to connect", "")
    kind = said.get("Exception type", "")
    causes = (text for text in texts if text.startswith("Caused by: "))
    words = "; ".join((words or kind, *causes))
    heard = sayings.recognise(f"{kind}: {words}" if kind else words, about=True)
    if heard is None:
        cut = words.partition(";")[0] == kind and kind.endswith(
            "ConnectionResetError"
        )  # it has no message in Python
        says = Says.CLOSED if cut else Says.NOTHING
        return found.entry(NAME, SOFTWARE, Hop.CLIENT, told=Told.WRONG, says=says, words=words)
    return found.entry(
        NAME,
        heard.saying.software if heard.saying.hop is Hop.CLIENT else SOFTWARE,
        Hop.CLIENT,
        told=heard.told,
        status=heard.status,
        says=heard.says,
        words=words,
        close_code=heard.code,
    )


def _meant(found: Record) -> Entry:
    texts = _untagged(found)
    said = dict(pairs(texts))
    url = next(
        (text.removeprefix("Connecting to ") for text in texts if text.startswith("Connecting to ")), ""
    )
    place = where(url.strip() or said.get("Full URL") or said.get("Full request URL") or said.get("URL", ""))
    address = next((a for text in texts if (a := _pattern("address").match(text))), None)
    host, port, path = (address["host"], address["port"], address["path"]) if address else ("", "", "")
    port = port or said.get("Port", "")
    headers = fields(pairs([text for text in found.messages if text.lstrip().startswith("- ")]))
    key = headers.get("sec-websocket-key", "")
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.CLIENT,
        told=Told.MEANT,
        method=said.get("Method", ""),
        scheme=place.scheme or said.get("Protocol", "").lower(),
        host=place.host or host or said.get("Host", ""),
        port=int(port) if port.isdigit() else place.port,
        path=place.path or path or said.get("Path", ""),
        headers=headers,
        whole=bool(key),  # a library adds the key last: where it is shown, nothing was left out
        agent=headers.get("user-agent", ""),
        identity=identity(headers),
    )


def _untagged(found: Record) -> list[str]:
    """Return the messages without the emoji and the tag before them."""
    texts = []
    for text in found.messages:
        tag = _pattern("tag").match(text)
        texts.append(text[tag.end() :] if tag and not text.lstrip().startswith("- ") else text)
    return texts


FORMAT = Format(NAME, SOFTWARE, Hop.CLIENT, _opens, _read, _SIGNS, _continues, _key, certain=True)
# Alone it is a record; after "Connecting to" it goes on with that one.
DETAILS = Format(
    "guide-client-details", SOFTWARE, Hop.CLIENT, _details, _read, _SIGNS, _continues, _key, certain=True
)
FORMATS = (FORMAT, DETAILS)
