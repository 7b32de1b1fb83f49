"""Kong's file-log, http-log and tcp-log plugins: one object of JSON a request, with its latencies.

developer.konghq.com/plugins/file-log, and kong/plugins/log-serializers/basic.lua; no line was recorded here. `tries` lists the upstreams that
were asked: without one, Kong answered by itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ws101.logs import jsonline, stamp
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import identity
from ws101.redact import printable
from ws101.terms import Hop

NAME, SOFTWARE = "kong", "kong"


def _members(text: str) -> Mapping[str, Any]:
    members = jsonline.parse(text) or {}
    return jsonline.member_of(members, "log") or members


def _opens(text: str) -> bool:
    if not text.startswith("{") or '"latencies"' not in text or '"kong"' not in text:
        return False
    members = _members(text)
    return "kong" in jsonline.member_of(members, "latencies") and bool(jsonline.member_of(members, "request"))


def _read(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    members = _members(line.text)
    request, answer = jsonline.member_of(members, "request"), jsonline.member_of(members, "response")
    begun = members.get("started_at")
    took = jsonline.number_of(jsonline.member_of(members, "latencies"), "request")
    at = stamp.of_number(begun) if isinstance(begun, int | float) else None
    headers = jsonline.headers(request)
    url = jsonline.text_of(request, "url")
    tries = members.get("tries")
    named = identity(headers) | {
        "request-id": printable(jsonline.text_of(request, "id") or headers.get("x-request-id", ""))
    }
    upstream_status = jsonline.number_of(members, "upstream_status")
    status = jsonline.number_of(answer, "status")
    return Entry(
        line.place,
        NAME,
        SOFTWARE,
        Hop.PROXY,
        Told.ANSWERED,
        line.text,
        time=line.time if at is None else at + (took or 0) / 1000,
        zoned=line.zoned if at is None else True,
        client=printable(jsonline.text_of(members, "client_ip")),
        forwarded=headers.get("x-forwarded-for", ""),
        method=printable(jsonline.text_of(request, "method")),
        scheme=url.partition("://")[0] if "://" in url[:8] else "",
        host=headers.get("host", ""),
        path=printable(jsonline.text_of(request, "uri")),
        headers=headers,
        whole="host" in headers,
        status=status,
        upstream=_upstream(tries) if isinstance(tries, list) else None,
        upstream_status=upstream_status,
        took=None if took is None else took / 1000,
        agent=headers.get("user-agent", ""),
        identity={name: value for name, value in named.items() if value},
        stream=line.stream,
    )


def _upstream(tries: Sequence[object]) -> str:
    last = tries[-1] if tries else None
    return (
        printable(f"{last.get('ip', '')}:{last.get('port', '')}".strip(":")) if isinstance(last, dict) else ""
    )


FORMAT = Format(
    NAME,
    SOFTWARE,
    Hop.PROXY,
    _opens,
    _read,
    (b'"status":101', b'"status":400', b'"status":426', b"pgrade", b"/ws", b"ocket"),
)
