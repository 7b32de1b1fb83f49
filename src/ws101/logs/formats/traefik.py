"""Traefik's logs: requests in its common log format and as JSON, and what it says itself, for people and as JSON.

Traefik writes 0 as the status where a connection was taken over, as by a 101, and the time at which a request came; an entry
has the time of its end.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ws101.logs import access, gonet, jsonline, marking, requestline, stamp
from ws101.logs.entry import NO_FIELDS, Entry, Level, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.wording import recognise, worded
from ws101.redact import printable
from ws101.signature import Says
from ws101.terms import Hop

CLF, JSON, OWN, SOFTWARE = "traefik-clf", "traefik-json", "traefik", "traefik"
_TAKEN_OVER = "Traefik writes 0 where a connection was taken over, as by a 101"
_GONE = "the client closed the connection before an answer came"
_LEVELS = {
    "TRC": Level.DEBUG,
    "DBG": Level.DEBUG,
    "INF": Level.INFO,
    "WRN": Level.WARN,
    "ERR": Level.ERROR,
    "FTL": Level.CRIT,
}

WORDINGS = tuple(
    worded(
        "pkg/middlewares, pkg/tls/tlsmanager.go, pkg/server",
        (Says.ADDRESS, "matched none of the trusted IPs"),
        (Says.ADDRESS, "Rejecting IP"),
        (Says.BASIC, "Authentication failed"),
        (Says.SUBREQUEST, "Remote error http"),
        (Says.SUBREQUEST, "Error calling http"),
        (Says.TLS_SERVER_NAME, "No certificate found for domain"),
        (Says.RATE, "could not insert/update bucket"),
        (Says.CONNECTIONS, "limiting request source"),
        (Says.HOST, "TLS options difference"),
    )
)


@cache
def _clf() -> re.Pattern[str]:
    return re.compile(
        r"(?P<client>[^ ]{1,64}) - (?P<user>[^ ]{1,256}) \[(?P<time>[^\]]{20,30})\] \"(?P<request>[^\"\\]*(?:\\.[^\"\\]*)*)\" "
        r"(?P<status>\d{1,3}|-) (?P<size>\d+|-) \"[^\"\\]*(?:\\.[^\"\\]*)*\" \"(?P<agent>[^\"\\]*(?:\\.[^\"\\]*)*)\" "
        r"(?P<count>\d+) \"(?P<router>[^\"]*)\" \"(?P<upstream>[^\"]*)\" (?P<took>\d+)ms",
        re.ASCII,
    )


def _opens_clf(text: str) -> bool:
    return text.endswith("ms") and _clf().fullmatch(text) is not None


def _read_clf(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    match = _clf().fullmatch(line.text)
    if match is None:
        return None
    part = {name: "" if value == "-" else value for name, value in match.groupdict().items()}
    method, path, version = requestline.split(part["request"])
    begun = stamp.clf(part["time"])
    took = int(part["took"]) / 1000
    mark = marking.probe(part["agent"])
    return Entry(
        line.place,
        CLF,
        SOFTWARE,
        Hop.PROXY,
        text=line.text,
        time=begun.time + took if begun else line.time,
        zoned=begun.zoned if begun else line.zoned,
        client=part["client"],
        method=method,
        path=path,
        version=version,
        upstream=_authority(part["upstream"]),
        took=took,
        size=access.number(part["size"]),
        agent=part["agent"],
        identity={"probe": mark} if mark else NO_FIELDS,
        user=part["user"],
        stream=line.stream,
        **_outcome(access.number(part["status"]), routed=bool(part["router"]), passed=bool(part["upstream"])),
    )


def _outcome(status: int | None, *, routed: bool, passed: bool) -> dict[str, Any]:
    """Return what a line tells of the answer; 502 and 504 may be Traefik's own, and 500 is, where an answer was no HTTP."""
    if status == 0 and passed:
        return {"told": Told.ANSWERED, "status": 101, "upstream_status": 101, "words": _TAKEN_OVER}
    if status == 499:
        return {"told": Told.WRONG, "status": status, "words": _GONE}
    says = Says.NO_ROUTE if status == 404 and not routed else Says.NOTHING
    answered = passed and status not in {500, 502, 504}
    return {
        "told": Told.ANSWERED,
        "status": status,
        "upstream_status": status if answered else None,
        "says": says,
    }


def _authority(url: str) -> str:
    """Return the address in an upstream's URL; empty where none was asked."""
    return url.partition("://")[2].partition("/")[0] or url


def _opens_json(text: str) -> bool:
    return text.startswith("{") and '"DownstreamStatus":' in text and jsonline.parse(text) is not None


def _read_json(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    members = jsonline.parse(line.text)
    if members is None:
        return None
    headers = _headers(members)
    begun = stamp.iso(jsonline.text_of(members, "StartUTC", "StartLocal"))
    duration = members.get("Duration")
    took = duration / 1e9 if isinstance(duration, int | float) else None
    upstream = _text(members, "ServiceAddr") or _authority(_text(members, "ServiceURL"))
    routed = "RouterName" in members
    agent = headers.get("user-agent", "")
    named = {
        "client-port": _text(members, "ClientPort"),
        "key": headers.get("sec-websocket-key", ""),
        "probe": marking.probe(agent),
        "request-id": headers.get("x-request-id", ""),
        "trace-id": _text(members, "TraceId"),
    }
    return Entry(
        line.place,
        JSON,
        SOFTWARE,
        Hop.PROXY,
        text=line.text,
        time=begun.time + (took or 0.0) if begun else line.time,
        zoned=begun.zoned if begun else line.zoned,
        client=_text(members, "ClientHost"),
        forwarded=headers.get("x-forwarded-for", ""),
        method=_text(members, "RequestMethod"),
        scheme=_text(members, "RequestScheme"),
        host=_text(members, "RequestAddr", "RequestHost"),
        path=_text(members, "RequestPath"),
        version=_text(members, "RequestProtocol"),
        headers=headers,
        upstream=upstream,
        took=took,
        size=jsonline.number_of(members, "DownstreamContentSize"),
        agent=agent,
        identity={name: value for name, value in named.items() if value},
        user=_text(members, "ClientUsername"),
        stream=line.stream,
        **_outcome(jsonline.number_of(members, "DownstreamStatus"), routed=routed, passed=bool(upstream)),
    )


def _text(members: Mapping[str, Any], *names: str) -> str:
    text = printable(jsonline.text_of(members, *names))
    return "" if text == "-" else text


def _headers(members: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the fields that are kept in the log, of which the configuration names all, some or none."""
    found = {
        name[8:].lower(): printable(str(value))
        for name, value in members.items()
        if name.startswith("request_")
    }
    return found or NO_FIELDS


# ---- its own log


@cache
def _own() -> re.Pattern[str]:
    """Traefik 3's line for people (zerolog's console)."""
    return re.compile(
        r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)) (?P<level>TRC|DBG|INF|WRN|ERR|FTL) "
        r"(?P<caller>[\w./@-]{1,200}\.go:\d{1,6}) > (?P<words>.*)",
        re.ASCII,
    )


def _opens_own(text: str) -> bool:
    if text.startswith("{"):
        return (
            '"caller":"' in text
            and ("traefik" in text or gonet.HANDSHAKE in text)
            and jsonline.parse(text) is not None
        )
    return " > " in text[:300] and _own().fullmatch(text) is not None


def _read_own(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    members = jsonline.parse(line.text)
    if members is not None:
        time, zoned = jsonline.moment(members)
        at = None if time is None else stamp.Stamp(time, zoned, 0)
        return _said(line, jsonline.message(members), at, jsonline.level(members))
    match = _own().fullmatch(line.text)
    return _said(line, match["words"], stamp.iso(match["time"]), _LEVELS[match["level"]]) if match else None


def _said(line: Line, words: str, at: stamp.Stamp | None, level: Level | None) -> Entry | None:
    told = gonet.of_handshake(words)[0] if gonet.HANDSHAKE in words else _of_request(words)
    if told is None:
        return None
    return Entry(
        line.place,
        OWN,
        SOFTWARE,
        Hop.PROXY,
        Told.WRONG,
        line.text,
        at.time if at else line.time,
        zoned=at.zoned if at else line.zoned,
        level=level,
        words=printable(words),
        stream=line.stream,
        **told,
    )


def _of_request(words: str) -> dict[str, Any] | None:
    """Return what is told of a request that failed: `502 Bad Gateway error="…"`, or a middleware's words."""
    status = int(words[:3]) if words[:3].isdigit() and words[3:4] in {" ", ":"} else None
    wording = recognise(words, WORDINGS) or (recognise(words, gonet.OF_UPSTREAMS) if status else None)
    return (
        {"status": status, "says": wording.says if wording else Says.NOTHING} if wording or status else None
    )


_SIGNS = (b" 0 0 ", b"101", b"426", b"/ws", b"ocket", b"pgrade", marking.SIGN)
FORMATS = (
    Format(CLF, SOFTWARE, Hop.PROXY, _opens_clf, _read_clf, _SIGNS),
    Format(JSON, SOFTWARE, Hop.PROXY, _opens_json, _read_json, _SIGNS),
    Format(OWN, SOFTWARE, Hop.PROXY, _opens_own, _read_own, (b".go:",), healthy=False),
)
