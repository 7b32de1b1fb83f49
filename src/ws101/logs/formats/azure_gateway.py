"""Azure's Application Gateway, as its access log is exported: one object of JSON a request, what it tells under `properties`.

learn.microsoft.com/azure/application-gateway/monitor-application-gateway-reference; no line was recorded here. A socket's line is
written when it closes.
"""

from collections.abc import Sequence

from ws101.logs import access, jsonline, marking, stamp
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.redact import printable
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "azure-gateway", "azure application gateway"


def _opens(text: str) -> bool:
    if not text.startswith("{") or "ApplicationGatewayAccess" not in text:
        return False
    return bool(jsonline.member_of(jsonline.parse(text) or {}, "properties"))


def _read(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    members = jsonline.parse(line.text)
    if members is None:
        return None
    held = jsonline.member_of(members, "properties")

    def told(*names: str) -> str:
        value = printable(jsonline.text_of(held, *names))
        return "" if value == "-" else value

    at = stamp.read(jsonline.text_of(members, "timeStamp", "time"))
    query, agent = told("requestQuery"), told("userAgent")
    status, behind = access.number(told("httpStatus")), access.number(told("serverStatus"))
    named = {
        "request-id": told("transactionId"),
        "client-port": told("clientPort"),
        "probe": marking.probe(agent),
    }
    return Entry(
        line.place,
        NAME,
        SOFTWARE,
        Hop.PROXY,
        Told.WRONG if status == 499 else Told.ANSWERED,
        line.text,
        time=at.time if at else line.time,
        zoned=at.zoned if at else line.zoned,
        client=told("clientIP", "clientIp"),
        method=told("httpMethod"),
        scheme={"on": "https", "off": "http"}.get(told("sslEnabled").lower(), ""),
        host=told("originalHost", "host"),
        path=told("originalRequestUriWithArgs") or told("requestUri") + (f"?{query}" if query else ""),
        version=told("httpVersion"),
        status=status,
        upstream=told("serverRouted"),
        upstream_status=behind,
        took=access.seconds(told("timeTaken")),
        size=access.number(told("sentBytes")),
        agent=agent,
        identity={name: value for name, value in named.items() if value},
        says=Says.UPSTREAM_DOWN if status == 502 and behind is None else Says.NOTHING,
        words=told("error_info"),
        stream=line.stream,
    )


FORMAT = Format(
    NAME,
    SOFTWARE,
    Hop.PROXY,
    _opens,
    _read,
    (b'tus":101', b'tus":"101"', b'tus":400', b'tus":"400"', b"/ws", b"ocket"),
)
