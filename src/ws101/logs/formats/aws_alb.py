"""Access logs of AWS's Application Load Balancer, by their documentation: of a WebSocket, the time is that of its end.

docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html; no line was recorded here.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ws101.logs import access, marking, requestline, stamp
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "aws-alb", "aws-alb"

# What it answers by itself: its troubleshooting page, "HTTP errors". 460 and 463 no client sees.
_OWN: Mapping[str, tuple[Told, Says]] = {
    "400": (Told.ANSWERED, Says.MALFORMED),
    "403": (Told.ANSWERED, Says.FORBIDDEN),
    "408": (Told.ANSWERED, Says.SILENT),
    "460": (Told.WRONG, Says.NOTHING),
    "463": (Told.ANSWERED, Says.MALFORMED),
    "464": (Told.ANSWERED, Says.HTTP_VERSION),
    "502": (Told.ANSWERED, Says.UPSTREAM_DOWN),
    "503": (Told.ANSWERED, Says.UPSTREAM_DOWN),
    "504": (Told.ANSWERED, Says.UPSTREAM_TIMEOUT),
    "561": (Told.ANSWERED, Says.CREDENTIALS),
}
_SECURE = frozenset({"https", "wss", "h2", "grpcs"})


@cache
def _pattern() -> re.Pattern[str]:
    quoted = r"\"([^\"]*)\""
    return re.compile(
        r"(?P<type>https?|wss?|h2|grpcs) (?P<time>\d{4}-[^ ]{16,30}) (?P<elb>[^ ]{1,256}) (?P<client>[^ ]{3,60}) (?P<target>[^ ]{1,60}) "
        r"(?P<before>-?[\d.]+) (?P<during>-?[\d.]+) (?P<after>-?[\d.]+) (?P<status>\d{3}|-) (?P<target_status>\d{3}|-) "
        r"(?P<received>\d+) (?P<sent>\d+) \"(?P<request>[^\"]*)\" \"(?P<agent>[^\"]*)\" (?P<cipher>[^ ]+) (?P<tls>[^ ]+) "
        rf"(?P<group>[^ ]+) \"(?P<trace>[^\"]*)\" \"(?P<domain>[^\"]*)\" {quoted} (?P<rule>[^ ]+) (?P<created>[^ ]+) "
        r"\"(?P<actions>[^\"]*)\" \"(?P<redirect>[^\"]*)\" \"(?P<reason>[^\"]*)\"(?P<rest>.*)",
        re.ASCII,
    )


def _opens(text: str) -> bool:
    return text.startswith(("http", "ws", "h2 ", "grpcs ")) and _pattern().match(text) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    match = _pattern().match(line.text)
    if match is None:
        return None
    part = {name: "" if value == "-" else value for name, value in match.groupdict("").items()}
    method, url, version = requestline.split(part["request"])
    at, begun = stamp.iso(part["time"]), stamp.iso(part["created"])
    client, _, port = part["client"].rpartition(":")
    path = "/" + url.partition("://")[2].partition("/")[2] if "://" in url else url
    agent = part["agent"]
    named = {"client-port": port, "trace-id": part["trace"], "probe": marking.probe(agent)}
    return Entry(
        line.place,
        NAME,
        SOFTWARE,
        Hop.PROXY,
        text=line.text,
        time=at.time if at else line.time,
        zoned=at.zoned if at else line.zoned,
        client=client.strip("[]"),
        method=method,
        scheme="https" if part["type"] in _SECURE else "http",
        host=_host(part, url),
        path=path,
        version=version,
        upstream=part["target"],
        took=max(0.0, at.time - begun.time) if at and begun else None,
        size=access.number(part["sent"]),
        agent=agent,
        identity={name: value for name, value in named.items() if value},
        stream=line.stream,
        **_outcome(part),
    )


def _host(part: Mapping[str, str], url: str) -> str:
    """Return the host of the request line, which the balancer makes whole; else the name of TLS."""
    authority = url.partition("://")[2].partition("/")[0]
    return authority.rpartition(":")[0] or authority or part["domain"]


def _outcome(part: Mapping[str, str]) -> dict[str, Any]:
    status, target = access.number(part["status"]), access.number(part["target_status"])
    told, says = (Told.ANSWERED, Says.NOTHING)
    if target is None:
        told, says = _OWN.get(part["status"], (Told.ANSWERED, Says.NOTHING))
        if "redirect" in part["actions"]:
            says = Says.REDIRECT
        elif "waf" in part["actions"] and status == 403:
            says = Says.FORBIDDEN
    return {"told": told, "status": status, "upstream_status": target, "says": says, "words": part["reason"]}


FORMAT = Format(
    NAME, SOFTWARE, Hop.PROXY, _opens, _read, (b"wss ", b"ws ", b" 101 ", b"/ws", b"ocket", marking.SIGN)
)
