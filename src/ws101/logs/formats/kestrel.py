"""ASP.NET Core's console log: the event's line, and under it `Request starting HTTP/1.1 GET http://host/ws - - -`.

ASP.NET Core: Hosting's HostingRequestStartingLog.cs and HostingRequestFinishedLog.cs, .NET 6 and later.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.preamble import Preamble, level_of
from ws101.logs.record import Record, where
from ws101.terms import Hop

NAME, SOFTWARE = "kestrel", "asp.net core"
_SIGNS = (b"Microsoft.AspNetCore.Hosting.Diagnostics", b"Request finished HTTP")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        {
            "event": r"(?P<level>trce|dbug|info|warn|fail|crit): Microsoft\.AspNetCore\.Hosting\.Diagnostics\[\d{1,4}\]",
            "request": (
                r"[ \t]*Request (?P<when>starting|finished) (?P<version>HTTP/[\d.]{1,3}) (?P<method>[A-Z]{1,12}) (?P<url>\S{1,4000})"
                r"(?:(?: \S{1,200} \S{1,20})?? - (?P<status>\d{3})\b(?: [^\n]{0,200}? (?P<ms>\d{1,12}\.\d{1,6})ms)?)?"
            ),
        }[name]
    )


def _opens(text: str) -> bool:
    return "Hosting.Diagnostics[" in text and _pattern("event").match(text) is not None


def _continues(text: str) -> bool:
    return text.startswith(" ") and _pattern("request").match(text) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    event = _pattern("event").match(lines[0].text)
    request = next((r for line in lines[1:] if (r := _pattern("request").match(line.text))), None)
    if event is None or request is None:
        return None
    found = Record(lines, Preamble(level=level_of(event["level"])), tuple(line.text for line in lines))
    place = where(request["url"])
    finished = request["when"] == "finished"
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.SERVER,
        told=Told.ANSWERED if finished else Told.SEEN,
        method=request["method"],
        version=request["version"],
        host=place.host,
        port=place.port,
        path=place.path,
        status=int(request["status"]) if finished and request["status"] else None,
        took=float(request["ms"]) / 1000 if request["ms"] else None,
    )


FORMAT = Format(NAME, SOFTWARE, Hop.SERVER, _opens, _read, _SIGNS, _continues)
