"""The last resort: a line, or an error with its trace, in which a library says something of a handshake.

Whatever a logger put before it; also bare, as in a terminal or a browser's console.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import sayings, traceback
from ws101.logs.entry import Entry
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import Record, Where, record, where
from ws101.logs.saying import URL, Heard
from ws101.redact import printable
from ws101.terms import Hop

NAME, SOFTWARE = "words", "the client"
_LONGEST = 400  # characters of the words that are quoted


@cache
def _url() -> re.Pattern[str]:
    return re.compile(rf"\b{URL}")


def _opens(text: str) -> bool:
    return not traceback.is_frame(text) and _says(text)


def _opens_within(text: str) -> bool:
    return traceback.is_frame(text) and _says(text)


def _says(text: str) -> bool:
    return sayings.recognise(text) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    heard = sayings.recognise(found.text) or sayings.recognise(lines[0].text)
    return entry_of(found, heard, NAME) if heard else None


def entry_of(found: Record, heard: Heard, name: str) -> Entry:
    """Return the entry of a record in which this was heard."""
    place, parts = _where(found.message, heard), heard.parts
    return found.entry(
        name,
        heard.saying.software,
        heard.saying.hop,
        told=heard.told,
        status=heard.status,
        says=heard.says,
        words=printable(found.messages[0].strip()[:_LONGEST]),  # a member of JSON may hold anything
        client=_without_port(parts.get("client", "")),
        method=parts.get("method", ""),
        scheme=place.scheme,
        host=place.host,
        port=place.port,
        path=place.path,
        headers={"origin": parts["origin"]} if "origin" in parts else {},
        close_code=heard.code,
    )


def _without_port(address: str) -> str:
    host, colon, port = address.rpartition(":")
    return (
        host.strip("[]") if colon and port.isdigit() and (":" not in host or host.endswith("]")) else address
    )


def _where(text: str, heard: Heard) -> Where:
    parts = heard.parts
    if "url" in parts:
        return where(parts["url"].removesuffix("#"))
    if "path" in parts:
        return Where(path="/" + parts["path"].lstrip("/"))
    found = _url().search(text)
    if found is not None and heard.saying.hop is Hop.CLIENT:
        return where(found[0])
    port = parts.get("port", "")
    host = parts.get("host", "") if heard.saying.hop is Hop.CLIENT else ""
    return Where(host=host, port=int(port) if host and port.isdigit() and int(port) < 65536 else None)


FORMAT = Format(NAME, SOFTWARE, Hop.CLIENT, _opens, _read, sayings.SIGNS, traceback.is_frame)
# A cause that stands alone, as where its error's first line says nothing; after that line it goes on with it.
CAUSE = Format(
    "words-of-a-cause", SOFTWARE, Hop.CLIENT, _opens_within, _read, sayings.SIGNS, traceback.is_frame
)
FORMATS = (FORMAT, CAUSE)
