"""nginx's `combined` with more behind it, where no log_format is given: what stands there as `name=value`, by usual names.

Values that stand there without a name are not told apart. `connection=` is left out, for many log there what a map made of it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ws101.logs import access
from ws101.logs.entry import Entry
from ws101.logs.format import Format
from ws101.logs.formats.nginx_access import COMBINED, SIGNS, from_log_format, upstream_answered
from ws101.logs.line import Line
from ws101.terms import Hop

NAME, SOFTWARE = "nginx-extended", "nginx"

_TOOK = frozenset({"request_time", "rt", "rtime", "req_time", "request_duration", "time", "duration", "took"})
_UPSTREAM = frozenset({"upstream", "upstream_addr", "uaddr", "ua", "upstream_address", "backend"})
_UPSTREAM_STATUS = frozenset({"upstream_status", "us", "ustatus"})
_HOST = frozenset({"host", "http_host", "vhost", "server_name", "h"})
_FORWARDED = frozenset({"x_forwarded_for", "http_x_forwarded_for", "xff", "fwd"})
_IDENTITY = {
    **dict.fromkeys(
        ("request_id", "req_id", "rid", "id", "x_request_id", "http_x_request_id", "kong_request_id"),
        "request-id",
    ),
    **dict.fromkeys(("conn", "connection_id"), "connection"),
    **dict.fromkeys(("key", "sec_websocket_key", "http_sec_websocket_key"), "key"),
    **dict.fromkeys(("trace_id", "traceparent"), "trace-id"),
}
_FIELDS = {
    **dict.fromkeys(("upgrade", "http_upgrade", "up"), "upgrade"),
    "http_connection": "connection",
    **dict.fromkeys(("origin", "http_origin"), "origin"),
    **dict.fromkeys(("auth_header", "authorization", "http_authorization", "auth"), "authorization"),
    **dict.fromkeys(("sec_websocket_version", "http_sec_websocket_version"), "sec-websocket-version"),
}
# Where all of these stand, as in ws101's example, they are the client's own fields.
_OWN_WORDS = frozenset({"upgrade", "connection", "version", "key"})
_OF_CLIENT = {
    "connection": "connection",
    "version": "sec-websocket-version",
    "key": "sec-websocket-key",
}
_PLAIN = from_log_format(NAME, COMBINED)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    quoted = r"\"[^\"\\]*(?:\\.[^\"\\]*)*\""
    head = (
        rf"[^ ]{{2,64}} - [^\[]{{1,256}} \[[^\]]{{20,30}}\] {quoted} \d{{3}} [\d-]+ {quoted} {quoted}(?= .)"
    )
    return re.compile(head, re.ASCII), re.compile(
        rf"([A-Za-z][\w-]{{0,40}})(?:[=:]|: )({quoted}|[^ \"]+)", re.ASCII
    )


def _opens(text: str) -> bool:
    head = _patterns()[0].match(text)
    return head is not None and _PLAIN.opens(head[0])


def _read(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    head = _patterns()[0].match(line.text)
    entry = _PLAIN.read([line._replace(text=head[0])]) if head else None
    if head is None or entry is None:
        return None
    entry.text = line.text
    named = dict(_named(line.text, head.end()))
    for name, value in named.items():
        _tell(entry, name, value)
    if named.keys() >= _OWN_WORDS:
        entry.headers = {**entry.headers, **{field: named[name] for name, field in _OF_CLIENT.items()}}
    if entry.upstream_status is not None and not upstream_answered(entry.upstream_status):
        entry.upstream_status = None
    return entry


def _named(text: str, position: int) -> Iterator[tuple[str, str]]:
    for match in _patterns()[1].finditer(text, position):
        value = match[2].strip('"')
        yield match[1].lower().replace("-", "_"), "" if value == "-" else value


def _tell(entry: Entry, name: str, value: str) -> None:
    if name in _FIELDS:
        absent = name == "authorization" and value == "none"  # as a map may write it
        entry.headers = {**entry.headers, _FIELDS[name]: "" if absent else value}
    elif name in _IDENTITY and value:
        entry.identity = {**entry.identity, _IDENTITY[name]: value}
    elif name in _TOOK:
        entry.took = access.seconds(value) if entry.took is None else entry.took
    elif name in _UPSTREAM:
        entry.upstream = value
    elif name in _UPSTREAM_STATUS:
        entry.upstream_status = access.number(value.rpartition(" ")[2])
    elif name in _HOST:
        entry.host = entry.host or value
    elif name in _FORWARDED:
        entry.forwarded = entry.forwarded or value
    elif name == "scheme" and value in {"http", "https"}:
        entry.scheme = value


FORMAT = Format(NAME, SOFTWARE, Hop.PROXY, _opens, _read, SIGNS)
