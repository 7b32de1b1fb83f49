"""Cloudflare's Logpush of HTTP requests, one object of JSON a line, by its documentation.

developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/; no line was recorded here. OriginResponseStatus
is 0 where no origin answered.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ws101.logs import jsonline, marking, stamp
from ws101.logs.entry import NO_FIELDS, Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.redact import printable
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "cloudflare", "cloudflare"

# developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
_OWN: Mapping[int, Says] = {
    **dict.fromkeys((502, 504, 520, 521, 522, 523, 524, 530), Says.CDN_ORIGIN_UNREACHABLE),
    **dict.fromkeys((525, 526), Says.CDN_ORIGIN_TLS),
    403: Says.CDN_BLOCKED,
    429: Says.RATE,
}
_BLOCKING = frozenset({"block", "challenge", "jschallenge", "managedChallenge", "managed_challenge"})


def _opens(text: str) -> bool:
    return text.startswith("{") and '"EdgeResponseStatus":' in text and jsonline.parse(text) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    members = jsonline.parse(line.text)
    if members is None:
        return None

    def told(*names: str) -> str:
        return printable(jsonline.text_of(members, *names))

    at, begun = _moment(members, "EdgeEndTimestamp"), _moment(members, "EdgeStartTimestamp")
    headers = _headers(members)
    agent = told("ClientRequestUserAgent")
    named = {
        "cf-ray": told("RayID"),
        "client-port": told("ClientSrcPort"),
        "probe": marking.probe(agent),
        "key": headers.get("sec-websocket-key", ""),
    }
    ended = at or begun
    return Entry(
        line.place,
        NAME,
        SOFTWARE,
        Hop.CDN,
        text=line.text,
        time=ended.time if ended else line.time,
        zoned=ended.zoned if ended else line.zoned,
        client=told("ClientIP"),
        method=told("ClientRequestMethod"),
        scheme=told("ClientRequestScheme")
        or ("https" if told("ClientSSLProtocol") not in {"", "none"} else ""),
        host=told("ClientRequestHost"),
        path=told("ClientRequestURI", "ClientRequestPath"),
        version=told("ClientRequestProtocol"),
        headers=headers,
        upstream=told("OriginIP") if "OriginIP" in members else None,
        took=max(0.0, at.time - begun.time) if at and begun else None,
        size=jsonline.number_of(members, "EdgeResponseBytes"),
        agent=agent,
        identity={name: value for name, value in named.items() if value},
        stream=line.stream,
        **_outcome(members),
    )


def _moment(members: Mapping[str, Any], name: str) -> stamp.Stamp | None:
    """Return a time, which a job writes as RFC 3339, or as seconds or nanoseconds since the epoch."""
    written = members.get(name)
    if isinstance(written, str):
        return stamp.read(written)
    seconds = stamp.of_number(written) if isinstance(written, int | float) else None
    return None if seconds is None else stamp.Stamp(seconds, zoned=True, end=0)


def _headers(members: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the fields that the zone's custom fields name."""
    listed = jsonline.member_of(members, "RequestHeaders")
    return {name.lower(): printable(str(value)) for name, value in listed.items()} or NO_FIELDS


def _outcome(members: Mapping[str, Any]) -> dict[str, Any]:
    status = jsonline.number_of(members, "EdgeResponseStatus")
    origin = jsonline.number_of(members, "OriginResponseStatus") or None
    actions = {
        str(members.get("SecurityAction", "")),
        *_listed(members, "SecurityActions"),
        *_listed(members, "FirewallMatchesActions"),
    }
    says = Says.NOTHING
    if origin is None and status is not None:
        says = _OWN.get(status, Says.NOTHING)
        if says is Says.NOTHING and actions & _BLOCKING:
            says = Says.CDN_BLOCKED
    if status == 499:
        return {"told": Told.WRONG, "status": status, "upstream_status": origin}
    return {"told": Told.ANSWERED, "status": status, "upstream_status": origin, "says": says}


def _listed(members: Mapping[str, Any], name: str) -> list[str]:
    value = members.get(name)
    return [str(one) for one in value] if isinstance(value, list) else []


FORMAT = Format(NAME, SOFTWARE, Hop.CDN, _opens, _read, (b"101", b"426", b"/ws", b"ocket", marking.SIGN))
