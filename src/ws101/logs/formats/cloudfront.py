"""CloudFront's standard logs: 33 fields between tabs, in UTC; of a WebSocket, the line is written when it closes.

docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html; no line was recorded here.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from urllib.parse import unquote

from ws101.logs import access, marking, stamp
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.redact import printable
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "cloudfront", "cloudfront"
_FIELDS = (
    "date", "time", "edge", "sent", "client", "method", "distribution", "stem", "status", "referer", "agent", "query", "cookie", "result", "id",
    "host", "scheme", "received", "took", "forwarded", "tls", "cipher", "response", "version", "fle", "encrypted", "port", "first", "detail",
)  # fmt: skip
# x-edge-detailed-result-type, as far as it says why CloudFront answered by itself.
_DETAILS: Mapping[str, Says] = {
    "OriginConnectError": Says.CDN_ORIGIN_UNREACHABLE,
    "OriginDnsError": Says.CDN_ORIGIN_UNREACHABLE,
    "OriginCommError": Says.CDN_ORIGIN_UNREACHABLE,
    "OriginReadError": Says.UPSTREAM_CLOSED,
    "OriginWriteError": Says.UPSTREAM_CLOSED,
    "OriginHeaderTooBigError": Says.UPSTREAM_INVALID,
    "OriginInvalidResponseError": Says.UPSTREAM_INVALID,
    "ClientGeoBlocked": Says.CDN_BLOCKED,
    "InvalidRequest": Says.MALFORMED,
    "InvalidRequestMethod": Says.METHOD,
    "Redirect": Says.REDIRECT,
}


@cache
def _separator() -> re.Pattern[str]:
    return re.compile(r"\t|\\t")  # a tab is written so that it is seen before a line is read


def _opens(text: str) -> bool:
    return text[:2] == "20" and text[10:11] in {"\t", "\\"} and len(_separator().split(text)) >= 24


def _read(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    texts = _separator().split(line.text)
    part = {name: "" if value == "-" else value for name, value in zip(_FIELDS, texts, strict=False)}
    at = stamp.iso(f"{part['date']} {part['time']}")
    agent = printable(unquote(part["agent"]))
    named = {"cloudfront-id": part["id"], "client-port": part.get("port", ""), "probe": marking.probe(agent)}
    status = access.number(part["status"])
    left = (
        status == 0 or part.get("detail") == "ClientCommError"
    )  # the client was gone before it was answered
    return Entry(
        line.place,
        NAME,
        SOFTWARE,
        Hop.CDN,
        Told.WRONG if left else Told.ANSWERED,
        line.text,
        time=at.time if at else line.time,
        zoned=True if at else line.zoned,
        client=part["client"],
        forwarded=part["forwarded"],
        method=part["method"],
        scheme=part["scheme"],
        host=part["host"],
        path=part["stem"] + (f"?{part['query']}" if part["query"] else ""),
        version=part["version"],
        status=status or None,
        took=access.seconds(part["took"]),
        size=access.number(part["sent"]),
        agent=agent,
        identity={name: value for name, value in named.items() if value},
        says=_DETAILS.get(part.get("detail", ""), Says.NOTHING),
        words=part.get("detail", ""),
        stream=line.stream,
    )


FORMAT = Format(
    NAME, SOFTWARE, Hop.CDN, _opens, _read, (b"\tws", b"\t101\t", b"\t426\t", b"/ws", b"ocket", b"(probe%20")
)
