"""Request lines of names and values, as Go's slog and logrus, zerolog's console and Rust's tower-http write them.

`level=info msg=request method=GET path=/ws status=400`; also `request{method=GET uri=/ws version=HTTP/1.1}: … status=400`.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from ws101.logs import marking
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import record, where
from ws101.terms import Hop

NAME, SOFTWARE = "logfmt", "the server"
_TARGETS = ("path", "uri", "url", "request_uri", "http.target", "http.url", "url.path", "target")
_STATUSES = (
    "status",
    "status_code",
    "statuscode",
    "http_status",
    "http.status_code",
    "http.response.status_code",
    "code",
)
_METHODS = ("method", "http_method", "http.method", "http.request.method", "verb")
_CLIENTS = (
    "remote_addr",
    "remote",
    "remote_ip",
    "client_ip",
    "clientip",
    "ip",
    "client",
    "peer",
    "client.address",
)
_IDS = ("request_id", "requestid", "req_id", "reqid", "trace_id", "traceid", "request-id")
_AGENTS = ("user_agent", "useragent", "user-agent", "ua", "agent")
_KNOWN = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT"})


@cache
def _pair() -> re.Pattern[str]:
    return re.compile(
        r"(?:^|[ \t{,])(?P<name>[A-Za-z_][\w.-]{0,40})=(?:\"(?P<quoted>[^\"\\]{0,8000})\"|(?P<bare>[^\s\"{},]{0,8000}))"
    )


def _members(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for match in _pair().finditer(text):
        found.setdefault(
            match["name"].lower(), match["quoted"] if match["quoted"] is not None else match["bare"]
        )
    return found


def _first(members: Mapping[str, str], names: Sequence[str]) -> str:
    return next((members[name] for name in names if members.get(name)), "")


def _opens(text: str) -> bool:
    if "method=" not in text and "verb=" not in text:
        return False
    members = _members(text)
    target = _first(members, _TARGETS)
    return _first(members, _METHODS).upper() in _KNOWN and (target[:1] == "/" or "://" in target[:12])


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines[:1])
    members = _members(lines[0].text)
    place, status = where(_first(members, _TARGETS)), _first(members, _STATUSES)
    known = int(status) if re.fullmatch(r"[1-5]\d\d", status, re.ASCII) else None
    agent, probe = _first(members, _AGENTS), marking.probe(_first(members, _AGENTS))
    named = {"request-id": _first(members, _IDS), "probe": probe, "key": members.get("sec_websocket_key", "")}
    client = _first(members, _CLIENTS)
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.SERVER,
        told=Told.SEEN if known is None else Told.ANSWERED,
        status=known,
        method=_first(members, _METHODS).upper(),
        scheme=place.scheme,
        host=place.host or members.get("host", ""),
        port=place.port,
        path=place.path,
        client=client.rpartition(":")[0] if client.count(":") == 1 else client,
        headers={"upgrade": members["upgrade"]} if "upgrade" in members else {},
        agent=agent,
        identity={name: value for name, value in named.items() if value},
    )


FORMAT = Format(
    NAME, SOFTWARE, Hop.SERVER, _opens, _read, (b"status=101", b"status=426", b"/ws", b"ocket", marking.SIGN)
)
