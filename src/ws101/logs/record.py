"""One record's lines as messages with what stands before them, and the entry that is made of them.

Every format of clients and servers reads through this module; it knows none of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from msgspec import Struct

from ws101.logs import marking
from ws101.logs.entry import Entry
from ws101.logs.line import Line
from ws101.logs.preamble import Preamble, split
from ws101.terms import Hop


class Where(NamedTuple):
    """The parts of a URL that a log tells; empty or None where it does not."""

    scheme: str = ""
    host: str = ""
    port: int | None = None
    path: str = ""


class Record(Struct, frozen=True):
    """The lines of one record, at least one; `messages` are their texts without what a logger adds."""

    lines: Sequence[Line]
    first: Preamble
    messages: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def message(self) -> str:
        return "\n".join(self.messages)

    def entry(self, format: str, software: str, hop: Hop, **told: Any) -> Entry:  # noqa: A002 - Entry's field
        """Return an entry of this record; `told` are Entry's fields, and win over what the logger's preamble says."""
        line, first = self.lines[0], self.first
        time, zoned = (first.time, first.zoned) if first.time is not None else (line.time, line.zoned)
        if not zoned and line.zoned and line.time is not None:
            time, zoned = line.time, True  # the wrapper's clock names its zone
        identity = dict(told.pop("identity", {}))
        if first.request:
            identity.setdefault("request-id", first.request)
        place = line.place._replace(lines=max(len(self.lines), line.place.lines))
        made: dict[str, Any] = {"time": time, "zoned": zoned, "level": first.level, "stream": line.stream}
        made |= told
        if identity:
            made["identity"] = identity
        return Entry(place, format, software, hop, made.pop("told"), self.text, **made)


def record(lines: Sequence[Line]) -> Record:
    """Return the record of these lines."""
    first = split(lines[0].text)
    return Record(lines, first, tuple(message(line.text) for line in lines))


def message(text: str) -> str:
    """Return a line's message: without what a logger puts before and after it."""
    found = split(text)
    return text[found.at : found.end]


def pairs(messages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield names and values of lines such as `  - Upgrade: websocket`."""
    for text in messages:
        name, colon, value = text.strip().lstrip("-•* ").partition(":")
        if colon:
            yield name.strip(), value.strip()


def where(url: str) -> Where:
    """Return the parts of a URL, or of a path alone."""
    if url.startswith("/"):
        return Where(path=url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Where()
    if not parts.netloc:
        return Where()
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Where(parts.scheme.lower(), parts.hostname or "", port, path or "/")


def identity(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what of a request's fields joins records: its key, and the mark of a probe of ws101's."""
    held = {
        "key": headers.get("sec-websocket-key", ""),
        "probe": marking.probe(headers.get("user-agent", "")),
    }
    return {name: value for name, value in held.items() if value}


def forwarded(headers: Mapping[str, str]) -> str:
    """Return the addresses of the client that proxies told the server, the outermost proxy's first."""
    return ", ".join(filter(None, (headers.get("x-forwarded-for"), headers.get("x-real-ip"))))


def fields(found: Iterator[tuple[str, str]]) -> Mapping[str, str]:
    """Return header fields by their lower-case names; what stands twice is joined as RFC 9110, 5.3 has it."""
    held: dict[str, str] = {}
    for name, value in found:
        key = name.lower()
        held[key] = f"{held[key]}, {value}" if key in held else value
    return held
