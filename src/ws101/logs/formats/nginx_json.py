"""nginx's access log as JSON where no log_format is given: by the names that such formats use for the same value."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from ws101.logs import access, jsonline, stamp
from ws101.logs.entry import Entry
from ws101.logs.format import Format
from ws101.logs.formats.nginx_access import IDENTITY, SIGNS, layout
from ws101.logs.line import Line
from ws101.redact import printable
from ws101.terms import Hop

NAME, SOFTWARE = "nginx-json", "nginx"

# The names of each of the values of access.ORDER.
_NAMES: tuple[tuple[str, ...], ...] = (
    ("remote_addr", "client_ip", "remote_ip", "clientip", "client", "ip", "realip_remote_addr"),
    ("http_x_forwarded_for", "x_forwarded_for", "xff", "http_x_real_ip"),
    ("remote_user",),
    ("request", "request_line"),
    ("request_method", "method", "verb"),
    ("request_uri", "uri", "url", "path"),
    ("args", "query_string", "request_query"),
    ("server_protocol", "protocol", "http_version", "request_proto"),
    ("status", "status_code", "response_code", "response"),
    ("body_bytes_sent", "bytes_sent", "bytes", "size"),
    ("http_user_agent", "user_agent", "useragent", "agent"),
    ("http_host", "host", "vhost", "server_name", "domain"),
    ("scheme", "https", "ssl_protocol", "tls"),
    ("server_port", "port"),
    ("upstream_addr", "upstream", "upstream_address"),
    ("upstream_status",),
    ("upstream_header_time",),
    ("request_time", "duration", "response_time", "elapsed"),
)
_TIMES = ("msec", "time_iso8601", "time_local", "@timestamp", "timestamp", "time", "ts", "date")
# Variables of nginx's that other software's JSON does not have among its members.
_TELLING = tuple(
    f'"{name}"'
    for name in ("remote_addr", "upstream_addr", "body_bytes_sent", "request_uri", "http_user_agent", "server_protocol")
)  # fmt: skip
# Fields of a handshake that are logged with or without nginx's `http_` before them.
_FIELDS = ("upgrade", "connection", "origin", "authorization", "cookie", "host", "via")
_LAYOUT = layout(NAME, SOFTWARE, Hop.PROXY, tells_upstream=False)
_NAMING = _LAYOUT._replace(tells_upstream=True)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    r"""Two things that make a line no JSON: `\x22` of escape=default, and a bare value such as `009`, `-` or none at all."""
    return re.compile(r"\\x([0-9A-Fa-f]{2})"), re.compile(r"\":[ ]?(-|0[0-9]{1,2}|)(?=[,}])")


def _members(text: str) -> Mapping[str, Any] | None:
    found = jsonline.parse(text)
    if found is None and text.startswith("{"):
        escape, bare = _patterns()
        return jsonline.parse(bare.sub(r'":"\1"', escape.sub(r"\\u00\1", text)))
    return found


def _opens(text: str) -> bool:
    if not text.startswith("{") or not any(name in text for name in _TELLING):
        return False
    members = _members(text)
    if members is None:
        return False
    chosen = _chosen(tuple(members))
    return _first(members, chosen[8]).isdigit() and bool(
        _first(members, chosen[3]) or _first(members, chosen[4])
    )


def _read(lines: Sequence[Line]) -> Entry | None:
    text = lines[0].text
    members = _members(text)
    if members is None:
        return None
    # Without an escape in it, a value holds nothing that the line does not.
    shown = printable if "\\" in text else str
    values = [shown(_first(members, names)) for names in _chosen(tuple(members))]
    time, zoned = _moment(members)
    return access.entry(
        lines[0],
        _NAMING if any(name in members for name in _NAMES[14]) else _LAYOUT,
        time,
        values,
        dict(_headers(members)),
        dict(_identity(members)),
        zoned=zoned,
    )


@lru_cache(maxsize=64)
def _chosen(keys: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return for each value which of its names an object of these members has: a log's lines all have the same ones."""
    return tuple(tuple(name for name in names if name in keys) for names in _NAMES)


def _first(members: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = members[name]
        if value.__class__ is str and value:
            return str(value)
        if isinstance(value, int | float) and value.__class__ is not bool:
            return str(value)
    return ""


def _moment(members: Mapping[str, Any]) -> tuple[float | None, bool]:
    for name in _TIMES:
        if name in members:
            found = _read_time(jsonline.text_of(members, name))
            if found is not None:
                return found.time, found.zoned
    return jsonline.moment(members)


@lru_cache(maxsize=1024)
def _read_time(text: str) -> stamp.Stamp | None:
    return stamp.read(text)


def _headers(members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fields that are logged: those of nginx's variables, and a handshake's by their bare names."""
    for name, value in members.items():
        bare = name.removeprefix("http_").replace("_", "-")
        told = bare.startswith("sec-websocket-") or (bare in _FIELDS and (bare != "host" or name != bare))
        # `connection` alone may be nginx's variable for the number of the connection.
        if told and isinstance(value, str) and not (name == "connection" and value.isdigit()):
            yield bare, "" if value == "-" else printable(value)


def _identity(members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, meaning in _MARKS.items():
        if name in members:
            text = jsonline.text_of(members, name)
            if text not in access.ABSENT and (name != "connection" or text.isdigit()):
                yield meaning, printable(text)


_MARKS = {**IDENTITY, "sec_websocket_key": "key", "trace_id": "trace-id"}
FORMAT = Format(NAME, SOFTWARE, Hop.PROXY, _opens, _read, SIGNS)
