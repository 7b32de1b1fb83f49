"""OkHttp's HttpLoggingInterceptor: `--> GET https://app.example.com/ws`, its fields, and `<-- 101 Switching Protocols …`.

okhttp-logging-interceptor: HttpLoggingInterceptor.kt. An application's interceptor sees a handshake before it is sent, with its
fields and with wss:// written as https://; at level BASIC nothing but an answer of 101 tells that it is one.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import heads, sayings
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import Record, identity, message, record, where
from ws101.terms import Hop

NAME = SOFTWARE = "okhttp"
_AS_MEANT = {"https": "wss", "http": "ws"}


@cache
def _pattern(name: str) -> re.Pattern[str]:
    url = r"(?P<url>https?://\S{1,8000})"
    return re.compile(
        {
            "request": rf"--> (?P<method>[A-Z]{{1,12}}) {url}(?: (?P<version>h2|http/1\.1))?$",
            "answer": rf"<-- (?P<status>\d{{3}})(?: [^\n]{{0,80}}?)? {url} \((?P<ms>\d{{1,12}})ms\b",
            "failed": r"<-- HTTP FAILED: (?P<words>.{0,400})",
        }[name]
    )


def _opens(text: str) -> bool:
    if "--> " not in text and "<-- " not in text:
        return False
    told = message(text)
    return any(_pattern(name).match(told) for name in ("request", "answer", "failed"))


def _continues(text: str) -> bool:
    told = message(text)
    return heads.is_field(told) or told.startswith(("--> END ", "<-- END "))


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    first = found.messages[0]
    if request := _pattern("request").match(first):
        return _meant(found, request)
    if answer := _pattern("answer").match(first):
        return _answered(found, answer)
    failed = _pattern("failed").match(first)
    heard = sayings.recognise(failed["words"]) if failed else None
    if failed is None or heard is None:
        return None
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.CLIENT,
        told=heard.told,
        says=heard.says,
        status=heard.status,
        words=failed["words"],
    )


def _meant(found: Record, request: re.Match[str]) -> Entry | None:
    """Return the entry of a handshake; None of any other request."""
    headers = heads.of(found.messages[1:])
    if "websocket" not in headers.get("upgrade", "").lower() and "sec-websocket-key" not in headers:
        return None
    place = where(request["url"])
    if not place.host:
        return None
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.CLIENT,
        told=Told.MEANT,
        method=request["method"],
        scheme=_AS_MEANT[place.scheme],
        host=place.host,
        port=place.port,
        path=place.path,
        headers=headers,
        agent=headers.get("user-agent", ""),
        identity=identity(headers),
    )


def _answered(found: Record, answer: re.Match[str]) -> Entry:
    place = where(answer["url"])
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.CLIENT,
        told=Told.ANSWERED,
        status=int(answer["status"]),
        host=place.host,
        port=place.port,
        path=place.path,
        took=int(answer["ms"]) / 1000,
    )


FORMAT = Format(
    NAME,
    SOFTWARE,
    Hop.CLIENT,
    _opens,
    _read,
    (b"--> GET http", b"<-- 101 ", b"pgrade: websocket"),
    _continues,
)
