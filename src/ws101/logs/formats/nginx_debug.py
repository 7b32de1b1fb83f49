"""What nginx's error log at the level debug tells of a request: its line and all its fields, one a line, as they arrived.

Leaves aside what nginx passes on: it is written before the next hop is connected to.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import marking, requestline, stamp
from ws101.logs.entry import Entry, Level, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import fields
from ws101.terms import Hop

NAME, SOFTWARE = "nginx-debug", "nginx"


@cache
def _pattern() -> re.Pattern[str]:
    """src/http/ngx_http_request.c: ngx_http_process_request_line, ngx_http_process_request_headers."""
    return re.compile(
        r"(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[debug\] \d{1,10}#\d{1,10}: \*(\d{1,20}) http (request line|header): \"(.*)\"",
        re.ASCII,
    )


def _part(text: str) -> re.Match[str] | None:
    return _pattern().fullmatch(text) if " [debug] " in text[:30] else None


def _opens(text: str) -> bool:
    part = _part(text)
    return part is not None and part[3] == "request line"


def _continues(text: str) -> bool:
    part = _part(text)
    return part is not None and part[3] == "header"


def _key(text: str) -> str:
    """Return the connection's number: requests of several are written among each other."""
    part = _part(text)
    return part[2] if part else ""


def _read(lines: Sequence[Line]) -> Entry | None:
    first, *further = [_part(line.text) for line in lines]
    if first is None:
        return None
    method, path, version = requestline.split(first[4])
    named = (part[4].partition(":") for part in further if part)
    headers = fields((name, value.strip()) for name, _, value in named)
    at, line, agent = stamp.nginx_error(first[1]), lines[0], headers.get("user-agent", "")
    known = {
        "connection": first[2],
        "key": headers.get("sec-websocket-key", ""),
        "request-id": headers.get("x-request-id", ""),
        "probe": marking.probe(agent),
    }
    return Entry(
        line.place._replace(lines=lines[-1].place.line - line.place.line + 1),
        NAME,
        SOFTWARE,
        Hop.PROXY,
        Told.SEEN,
        "\n".join(one.text for one in lines),
        at.time if at else line.time,
        zoned=False,
        level=Level.DEBUG,
        forwarded=headers.get("x-forwarded-for", ""),
        method=method,
        host=headers.get("host", ""),
        path=path,
        version=version,
        headers=headers,
        whole=bool(headers),
        agent=agent,
        identity={name: value for name, value in known.items() if value},
        stream=line.stream,
    )


FORMAT = Format(NAME, SOFTWARE, Hop.PROXY, _opens, _read, (b" http request line: ",), _continues, _key)
