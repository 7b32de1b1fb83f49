"""HAProxy's logs of HTTP and TCP, `option httplog`, `httpslog` and `tcplog`, and what it says where no request came.

The two letters that tell how a session ended are read as its manual explains them (configuration.txt, 8.5). A line's time is
the moment of acceptance; an entry's is that of the end.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ws101.logs import marking, openssl, requestline, stamp
from ws101.logs.access import number
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.wording import recognise, worded
from ws101.signature import Says
from ws101.terms import Hop

HTTP, TCP, ERROR, SOFTWARE = "haproxy-http", "haproxy-tcp", "haproxy-error", "haproxy"
_BEGIN = r"(?:<\d{1,3}>)?(?P<client>[\da-fA-F.:]{2,45}|unix):(?P<port>\d{1,5}) \[(?P<time>[^\]]{20,40})\] (?P<front>[^ ]{1,256})"
_BACK = r" (?P<back>[^ /]{1,256})/(?P<server>[^ ]{1,256})"

_SSL = worded(
    "src/connection.c: conn_err_code_str",
    (Says.CLIENT_CERTIFICATE_BAD, "SSL client certificate not trusted"),
    (Says.CLIENT_CERTIFICATE_BAD, "SSL client CA chain cannot be verified"),
    (Says.PROXY_PROTOCOL, "PROXY protocol header"),
)
WORDINGS = (*_SSL, *openssl.WORDINGS)

# By the first two letters. C and c are the client's doing, S and s the server's, P and L HAProxy's own.
_ENDINGS: Mapping[str, tuple[Told, Says]] = {
    "SC": (Told.ANSWERED, Says.UPSTREAM_DOWN),  # refused, or its TLS failed: both were seen to be written so
    "sC": (Told.ANSWERED, Says.UPSTREAM_TIMEOUT),
    "SH": (Told.ANSWERED, Says.UPSTREAM_CLOSED),
    "sH": (Told.ANSWERED, Says.UPSTREAM_TIMEOUT),
    "PH": (Told.ANSWERED, Says.UPSTREAM_INVALID),
    "sQ": (Told.ANSWERED, Says.CONNECTIONS),
    "PC": (Told.ANSWERED, Says.CONNECTIONS),
    "RC": (Told.ANSWERED, Says.CONNECTIONS),
    "cR": (Told.ANSWERED, Says.SILENT),
    "CR": (Told.WRONG, Says.NOTHING),
    "CC": (Told.WRONG, Says.NOTHING),
    "CH": (Told.WRONG, Says.NOTHING),
    "CQ": (Told.WRONG, Says.NOTHING),
    "PT": (Told.ANSWERED, Says.RATE),
}
# What HAProxy says by itself, by its status: PR is a rule or a request that is none, LR an answer of its own.
_OWN: Mapping[str, Says] = {
    "400": Says.MALFORMED,
    "401": Says.BASIC,
    "403": Says.FORBIDDEN,
    "407": Says.BASIC,
    "408": Says.SILENT,
    "429": Says.RATE,
    "431": Says.HEADER_TOO_LARGE,
    "301": Says.REDIRECT,
    "302": Says.REDIRECT,
    "303": Says.REDIRECT,
    "307": Says.REDIRECT,
    "308": Says.REDIRECT,
}
_OPEN: Mapping[str, Says] = {"cD": Says.IDLE, "sD": Says.IDLE, "SD": Says.CLOSED}


@cache
def _http() -> re.Pattern[str]:
    return re.compile(
        rf"{_BEGIN}{_BACK} (?P<tr>-?\d+)/(?P<tw>-?\d+)/(?P<tc>-?\d+)/(?P<answer>-?\d+)/\+?(?P<total>-?\d+)"
        r" (?P<status>-?\d{1,3}) \+?(?P<size>\d+) [^ ]+ [^ ]+ (?P<ending>[A-Za-z-]{4}) [\d/+]+ [\d/+]+"
        r"(?P<captured>(?: \{[^{}]*\}){0,2}) \"(?P<request>.*)\"(?P<tail> [^\"]*)?",
        re.ASCII,
    )


@cache
def _tcp() -> re.Pattern[str]:
    return re.compile(
        rf"{_BEGIN}{_BACK} (?P<tw>-?\d+)/(?P<tc>-?\d+)/\+?(?P<total>-?\d+) \+?(?P<size>\d+) (?P<ending>[A-Za-z-]{{2}}) [\d/+]+ [\d/+]+",
        re.ASCII,
    )


@cache
def _error() -> re.Pattern[str]:
    return re.compile(rf"{_BEGIN}/(?P<bind>[^ :]{{1,256}}): (?P<words>.*)", re.ASCII)


def _opener(pattern: re.Pattern[str], text: str) -> bool:
    return text[:1] in "<:0123456789abcdefABCDEFu" and pattern.fullmatch(text) is not None


def _read_http(lines: Sequence[Line]) -> Entry | None:
    match = _http().fullmatch(lines[0].text)
    if match is None:
        return None
    part = match.groupdict("")
    method, path, version = requestline.split(part["request"])
    status, ending = part["status"], part["ending"][:2]
    told, says = _told(part, status, ending)
    answered = part["answer"] != "-1" and ending[1] not in "RQC"
    upgraded = status == "101"
    return Entry(
        lines[0].place,
        HTTP,
        SOFTWARE,
        Hop.PROXY,
        told,
        lines[0].text,
        **_timed(lines[0], part),
        client=part["client"],
        method=method,
        scheme="https" if part["front"].endswith("~") else "http",
        path=path,
        version=version,
        status=number(status),
        upstream=_upstream(part),
        upstream_status=number(status) if answered or upgraded else None,
        size=number(part["size"]),
        identity=_identity(part),
        says=says,
        words=part["ending"],
        stream=lines[0].stream,
    )


def _told(part: Mapping[str, str], status: str, ending: str) -> tuple[Told, Says]:
    if status == "101":
        return Told.ANSWERED, _OPEN.get(ending, Says.NOTHING)
    if part["server"] == "<NOSRV>" and ending == "SC":
        # A backend of the frontend's own name is a `listen` section, or no backend at all was chosen.
        named = part["back"] != part["front"].rstrip("~")
        return Told.ANSWERED, Says.UPSTREAM_DOWN if named else Says.UNAVAILABLE
    if ending in {"PR", "LR", "LQ", "PQ"}:
        return Told.ANSWERED, _OWN.get(status, Says.NOTHING)
    return _ENDINGS.get(ending, (Told.ANSWERED, Says.NOTHING))


def _identity(part: Mapping[str, str]) -> Mapping[str, str]:
    """Return the mark of a probe where the User-Agent is captured, and the client's port, by which connections are told apart."""
    captured = part["captured"]
    start = captured.find("ws101/")
    mark = marking.probe(captured[start:]) if start >= 0 else ""
    return {"client-port": part["port"]} | ({"probe": mark} if mark else {})


def _read_tcp(lines: Sequence[Line]) -> Entry | None:
    match = _tcp().fullmatch(lines[0].text)
    if match is None:
        return None
    part = match.groupdict("")
    ending = part["ending"]
    if ending == "--":
        return None  # bytes went both ways, and which is not told
    told, says = _ENDINGS.get(ending, (Told.ENDED, _OPEN.get(ending, Says.NOTHING)))
    return Entry(
        lines[0].place,
        TCP,
        SOFTWARE,
        Hop.PROXY,
        Told.WRONG if told is Told.ANSWERED else told,
        lines[0].text,
        **_timed(lines[0], part),
        client=part["client"],
        upstream=_upstream(part),
        size=number(part["size"]),
        identity={"client-port": part["port"]},
        says=says,
        words=ending,
        stream=lines[0].stream,
    )


def _read_error(lines: Sequence[Line]) -> Entry | None:
    match = _error().fullmatch(lines[0].text)
    if match is None:
        return None
    part = match.groupdict("")
    wording = recognise(part["words"], WORDINGS)
    says = wording.says if wording else Says.NOTHING
    return Entry(
        lines[0].place,
        ERROR,
        SOFTWARE,
        Hop.PROXY,
        Told.WRONG,
        lines[0].text,
        **_timed(lines[0], part),
        client=part["client"],
        scheme="http" if says is Says.PLAIN_HTTP_TO_TLS else "",
        identity={"client-port": part["port"]},
        says=says,
        words=part["words"],
        stream=lines[0].stream,
    )


def _upstream(part: Mapping[str, str]) -> str:
    return "" if part["server"] in {"<NOSRV>", "<STATS>", "<CACHE>"} else f"{part['back']}/{part['server']}"


def _timed(line: Line, part: Mapping[str, str]) -> dict[str, Any]:
    """Return when the session ended, and how long it took; times are in milliseconds, -1 where there is none."""
    total = part.get("total", "")
    took = int(total) / 1000 if total and total != "-1" else None
    begun = stamp.clf(part["time"])
    if begun is None:
        return {"time": line.time, "zoned": line.zoned, "took": took}
    return {"time": begun.time + (took or 0.0), "zoned": begun.zoned, "took": took}


_SIGNS = (b"101", b"426", b"/ws", b"ocket", marking.SIGN, b"BADREQ")
FORMATS = (
    Format(HTTP, SOFTWARE, Hop.PROXY, lambda text: _opener(_http(), text), _read_http, _SIGNS),
    Format(
        TCP, SOFTWARE, Hop.PROXY, lambda text: _opener(_tcp(), text), _read_tcp, (b" S", b" s"), healthy=False
    ),
    Format(
        ERROR,
        SOFTWARE,
        Hop.PROXY,
        lambda text: _opener(_error(), text),
        _read_error,
        (b"SSL ", b"PROXY protocol"),
        healthy=False,
    ),
)
