r"""nginx's log_format as a value: its variables and what stands between them, how a line is written with it, and read.

Reading takes linear time: a value ends at the first place where what follows it begins. Knows no meaning of a variable.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from msgspec import Struct

# A secret's mark stands with a blank in a URL's query.
_TARGET = r"[^ \"\[]*(?:\[(?:token [^\]\"]*\])?[^ \"\[]*)*"
_NUMBER = r"[\d.-]*"
_LIST = r"[\d.-]*(?:(?:, | : )[\d.-]*)*"
_ADDRESS = r"[^ ,\"\[\]]*"
_ADDRESSES = r"[^ ,\"]*(?:(?:, | : )[^ ,\"]+)*"
_HOST = r"[^/ \"]*"
_CLOSED = frozenset({_NUMBER, _LIST})  # these hold no punctuation that could follow them

# What values look like that stand without quotes.
_SHAPES: dict[str, str] = {
    **dict.fromkeys(
        (
            "body_bytes_sent", "bytes_sent", "bytes_received", "connection", "connection_requests", "content_length", "msec", "pid",
            "remote_port", "request_length", "request_time", "server_port", "status", "connection_time", "session_time",
        ),
        _NUMBER,
    ),
    **dict.fromkeys(
        (
            "upstream_connect_time", "upstream_header_time", "upstream_response_time", "upstream_status",
            "upstream_response_length", "upstream_bytes_received", "upstream_bytes_sent", "upstream_queue_time",
        ),
        _LIST,
    ),
    **dict.fromkeys(("host", "http_host", "server_name", "proxy_host"), _HOST),
    **dict.fromkeys(("remote_addr", "realip_remote_addr", "proxy_protocol_addr", "binary_remote_addr"), _ADDRESS),
    "upstream_addr": _ADDRESSES,
    "request_uri": _TARGET,
    "uri": r"[^? \"]*",
    "document_uri": r"[^? \"]*",
    "is_args": r"\??",
    "args": _TARGET,
    "query_string": _TARGET,
    "scheme": r"[a-z-]*",
    "https": r"(?:on|-)?",
    "request_method": r"[^ \"/]*",
    "server_protocol": r"(?:HTTP/[\d.]+|-)?",
    "time_local": r"\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}",
    "time_iso8601": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d",
    "pipe": r"[p.]",
}  # fmt: skip


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return one of the patterns, compiled when it is first asked for."""
    return re.compile(
        {
            "reference": r"\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))",
            "name": r"[A-Za-z0-9_]",
            "hex": r"(?:\\x[0-9A-Fa-f]{2})+",
            "odd": r'["\\\x00-\x1f\x7f-\uffff\U00010000-\U0010ffff]',
        }[name]
    )


class Escape(StrEnum):
    """What nginx does to characters of a value that would break a line: its `escape=`."""

    DEFAULT = "default"
    JSON = "json"
    NONE = "none"


class Variable(NamedTuple):
    """A reference to a variable, by its name without the dollar sign."""

    name: str


class LogFormat(Struct, frozen=True, dict=True):
    """A log_format; `pieces` are its variables, and the texts between them, none of which is empty."""

    pieces: tuple[str | Variable, ...]
    escape: Escape = Escape.DEFAULT

    @property
    def text(self) -> str:
        """The format as nginx's configuration has it, in one string."""
        following = (*self.pieces[1:], "")
        return "".join(_written(piece, after) for piece, after in zip(self.pieces, following, strict=False))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variable of each group of the pattern."""
        return tuple(name for _, name in self._parts if name)

    @property
    def expression(self) -> str:
        """What a whole line of this format is, as a regular expression."""
        return "".join(part for part, _ in self._parts)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.expression, re.ASCII | re.DOTALL)

    @cached_property
    def _parts(self) -> tuple[tuple[str, str], ...]:
        return tuple(_parts(self.pieces, self.escape))

    def write(self, values: Mapping[str, str | None]) -> str:
        """Return the line that nginx writes where the variables have these values; None is one that is not there."""
        return "".join(
            piece if isinstance(piece, str) else _escaped(values.get(piece.name), self.escape)
            for piece in self.pieces
        )

    def read(self, text: str) -> dict[str, str] | None:
        """Return the variables' values in this line; None where it is not of this format.

        What is not there is "-" with the default escape, and else empty. Variables between which nothing stands are
        left out where their values do not tell where one ends.
        """
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        undo = UNESCAPE[self.escape]
        return {name: undo(value) for name, value in zip(self.names, match.groups(), strict=True)}


@lru_cache(maxsize=64)
def parse(text: str, escape: Escape = Escape.DEFAULT) -> LogFormat:
    """Return the log_format of its text, the strings of the directive joined without anything between them."""
    pieces: list[str | Variable] = []
    position = 0
    for match in _pattern("reference").finditer(text):
        if match.start() > position:
            pieces.append(text[position : match.start()])
        pieces.append(Variable(match[1] or match[2]))
        position = match.end()
    if position < len(text):
        pieces.append(text[position:])
    return LogFormat(tuple(pieces), escape)


def _written(piece: str | Variable, after: str | Variable) -> str:
    if isinstance(piece, str):
        return piece
    goes_on = isinstance(after, str) and _pattern("name").match(after)
    return f"${{{piece.name}}}" if goes_on else f"${piece.name}"


def _parts(pieces: tuple[str | Variable, ...], escape: Escape) -> Iterator[tuple[str, str]]:
    """Yield parts of the pattern, each with the variable that it captures, or an empty name."""
    i = 0
    while i < len(pieces):
        piece = pieces[i]
        after = pieces[i + 1] if i + 1 < len(pieces) else None
        if isinstance(piece, str):
            yield re.escape(piece), ""
        elif shape := _shape(piece.name, after, escape):
            yield f"({shape})", piece.name
        elif isinstance(after, str):
            yield f"(?>(.*?){re.escape(after)})", piece.name
            i += 1
        elif after is None:
            yield "(.*)", piece.name
        else:
            literal = next((k for k in range(i, len(pieces)) if isinstance(pieces[k], str)), len(pieces))
            until = re.escape(str(pieces[literal])) if literal < len(pieces) else ""
            yield f"(?>.*?{until})" if until else ".*", ""
            i = literal
        i += 1


def _shape(name: str, after: str | Variable | None, escape: Escape) -> str:
    """Return the pattern of a value that is told from what follows by its characters alone; empty where none is."""
    first = after[:1] if isinstance(after, str) else ""
    if first == '"' and escape is Escape.DEFAULT:
        return r"[^\"]*+"
    if first == '"' and escape is Escape.JSON:
        return r"[^\"\\]*(?:\\.[^\"\\]*)*"
    shape = _SHAPES.get(name, "")
    known = first in {"", " ", "\t"} or name.startswith("time_") or (shape in _CLOSED and first in "|;,}]):/")
    return f"(?>{shape})" if shape and known else ""


# ---- escapes, as src/http/modules/ngx_http_log_module.c and src/core/ngx_string.c have them


def _escaped(value: str | None, escape: Escape) -> str:
    if escape is Escape.DEFAULT:
        return "-" if value is None else _pattern("odd").sub(_in_hex, value)
    if value is None or escape is Escape.NONE:
        return value or ""
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _in_hex(match: re.Match[str]) -> str:
    octets = match[0].encode("utf-8", "surrogateescape")
    return "".join(f"\\x{octet:02X}" for octet in octets)


def _from_hex(text: str) -> str:
    return _pattern("hex").sub(
        lambda match: bytes.fromhex(match[0].replace("\\x", "")).decode("utf-8", "surrogateescape"), text
    )


def _from_json(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


UNESCAPE: Mapping[Escape, Callable[[str], str]] = {
    Escape.DEFAULT: _from_hex,
    Escape.JSON: _from_json,
    Escape.NONE: str,
}
