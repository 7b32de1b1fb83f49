"""Caddy 2's logs, as JSON and for the console: requests, errors of them, what the next hop answered, and failed TLS.

It logs all fields of a request, credentials as REDACTED. A status of 0 is an empty 200, or one that never went out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ws101.logs import gonet, jsonline, marking, stamp
from ws101.logs.entry import NO_FIELDS, Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.wording import recognise, worded
from ws101.redact import printable
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "caddy", "caddy"
Members = Mapping[str, Any]
WORDINGS = (
    *worded("modules/caddyhttp/caddyauth/caddyauth.go", (Says.BASIC, "not authenticated")),
    *worded("modules/caddyhttp/fileserver/staticfiles.go", (Says.NO_FILE, "fileserver.", "HTTP 404")),
    *gonet.OF_UPSTREAMS,
)
_COPIED = "hijacked connection copy complete"  # how every open socket ends


@cache
def _console() -> re.Pattern[str]:
    r"""Columns of zap's console encoder, between which a tab stands, or `\t` once it was made printable."""
    tab = r"(?:\t|\\t)"
    return re.compile(
        rf"(\d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{{1,9}})?){tab}([A-Z]{{4,6}}){tab}(http\.[\w.]{{1,100}}){tab}(.*)",
        re.ASCII,
    )


def _members(text: str) -> Members | None:
    """Return the members of a line of Caddy's, of either layout."""
    if text.startswith("{"):
        found = jsonline.parse(text) if '"logger":' in text else None
        of_caddy = found is not None and str(found.get("logger", "")).startswith(("http.", "tls."))
        return found if of_caddy and "ts" in (found or ()) else None
    return _columns(text) if text[:1] == "2" and "http." in text[:60] else None


def _columns(text: str) -> Members | None:
    columns = _console().fullmatch(text)
    if columns is None:
        return None
    written, level, logger, rest = columns.groups()
    at = rest.find("{")
    try:
        told = json.loads(rest[at:]) if at >= 0 else {}
    except (ValueError, RecursionError):
        return None
    message = rest[:at] if at >= 0 else rest
    message = message.removesuffix("\\t").rstrip("\t")
    return (
        {**told, "ts": written, "level": level, "logger": logger, "msg": message}
        if isinstance(told, dict)
        else None
    )


def _opens(text: str) -> bool:
    return _members(text) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    members = _members(line.text)
    if members is None:
        return None
    logger, message = str(members.get("logger", "")), jsonline.text_of(members, "msg")
    if gonet.HANDSHAKE in message:
        failed, reason = gonet.of_handshake(message)
        return _entry(line, members, told=Told.WRONG, words=printable(reason), **failed)
    request = jsonline.member_of(members, "request")
    if not request:
        return None
    if logger.startswith("http.log.access"):
        return _entry(line, members, **_of_request(request), **_answered(members, message))
    if logger.startswith("http.log.error"):
        return _entry(line, members, **_of_request(request), **_failed(message), status=_status(members))
    return _of_upstream(line, members, request, message)


def _entry(line: Line, members: Members, **told: Any) -> Entry:
    time, zoned = _moment(members)
    given = {
        "time": line.time if time is None else time,
        "zoned": line.zoned if time is None else zoned,
        "level": jsonline.level(members),
        "took": members["duration"] if isinstance(members.get("duration"), float | int) else None,
        "stream": line.stream,
    }
    return Entry(line.place, NAME, SOFTWARE, Hop.PROXY, told.pop("told"), line.text, **{**given, **told})


def _moment(members: Members) -> tuple[float | None, bool]:
    """Return the time, which is a number in JSON; the console's has no zone."""
    written = members.get("ts")
    if isinstance(written, str):
        found = stamp.read(written)
        return (found.time, found.zoned) if found else (None, True)
    return (stamp.of_number(written), True) if isinstance(written, float | int) else (None, True)


def _of_request(request: Members) -> dict[str, Any]:
    headers = _headers(request)
    agent = headers.get("user-agent", "")
    key = headers.get("sec-websocket-key", "")
    mark = marking.probe(agent)
    port = jsonline.text_of(request, "remote_port")
    named = {"client-port": port, "key": key, "probe": mark, "request-id": headers.get("x-request-id", "")}
    return {
        "client": _text(request, "remote_ip", "remote_addr"),
        "forwarded": headers.get("x-forwarded-for", ""),
        "method": _text(request, "method"),
        "scheme": "https" if request.get("tls") else "http",
        "host": _text(request, "host"),
        "path": _text(request, "uri"),
        "version": _text(request, "proto"),
        "headers": headers,
        "whole": bool(headers),
        "agent": agent,
        "identity": {name: printable(value) for name, value in named.items() if value} or NO_FIELDS,
    }


def _headers(request: Members) -> Mapping[str, str]:
    listed = request.get("headers")
    if not isinstance(listed, dict):
        return NO_FIELDS
    held = {
        name.lower(): printable(", ".join(map(str, values)))
        for name, values in listed.items()
        if isinstance(values, list)
    }
    if held and (host := _text(request, "host")):
        held.setdefault("host", host)  # Go takes it out of the fields
    return held


def _text(members: Members, *names: str) -> str:
    return printable(jsonline.text_of(members, *names))


def _status(members: Members) -> int | None:
    return jsonline.number_of(members, "status")


def _answered(members: Members, message: str) -> dict[str, Any]:
    status = _status(members)
    told: dict[str, Any] = {"told": Told.ANSWERED, "status": status, "user": _text(members, "user_id")}
    told["size"] = jsonline.number_of(members, "size")
    if status == 0:  # nothing handled it: Go sends an empty 200
        told |= {"status": 200, "says": Says.NO_ROUTE, "words": printable(message)}
    elif status == 499:
        told |= {"told": Told.WRONG, "words": "the client closed the connection before an answer came"}
    return told


def _failed(message: str) -> dict[str, Any]:
    wording = recognise(message, WORDINGS)
    return {
        "told": Told.WRONG,
        "says": wording.says if wording else Says.NOTHING,
        "words": printable(message),
    }


def _of_upstream(line: Line, members: Members, request: Members, message: str) -> Entry | None:
    """Read what the level debug tells of the next hop; the request is there as it was passed on."""
    error = jsonline.text_of(members, "error")
    seen = {
        name: value
        for name, value in _of_request(request).items()
        if name not in {"headers", "whole", "forwarded"}
    }
    seen["upstream"] = _text(members, "upstream")
    if message == "upstream roundtrip" and error:
        return _entry(line, members, **seen, **_failed(error))
    if message == "upstream roundtrip":
        return _entry(line, members, **seen, told=Told.ANSWERED, upstream_status=_status(members))
    if message == "streaming error" and error != _COPIED:
        says = Says.CLOSED if "reset by peer" in error or "EOF" in error else Says.NOTHING
        return _entry(line, members, **seen, told=Told.ENDED, says=says, words=printable(error))
    return None


FORMAT = Format(NAME, SOFTWARE, Hop.PROXY, _opens, _read, (b'"request":', gonet.HANDSHAKE.encode()))
