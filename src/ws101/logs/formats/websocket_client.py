"""What websocket-client prints after `enableTrace(True)`: the head that it sent, byte for byte, and the answer's.

Observed: websocket-client 1.9.2; the same since 0.32.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import heads
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import identity, message, record
from ws101.terms import Hop

NAME = SOFTWARE = "websocket-client"
_BEGIN, _ANSWER = "--- request header ---", "--- response header ---"


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        {
            "request": r"GET (?P<path>\S{1,8000}) (?P<version>HTTP/1\.1)$",
            "answer": r"HTTP/1\.[01] (?P<status>\d{3})\b",
            "ruler": rf"-{{23}}$|{_ANSWER}$",
        }[name]
    )


def _opens(text: str) -> bool:
    return _BEGIN in text and message(text) == _BEGIN


def _continues(text: str) -> bool:
    told = message(text)
    return heads.is_field(told) or any(_pattern(name).match(told) for name in ("request", "answer", "ruler"))


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    texts = found.messages
    request = next((match for text in texts if (match := _pattern("request").match(text))), None)
    if request is None:
        return None
    answer = next((match for text in texts if (match := _pattern("answer").match(text))), None)
    sent = texts[: texts.index(_ANSWER)] if _ANSWER in texts else texts
    headers = heads.of(sent)
    host, port = heads.authority(headers.get("host", ""))
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.CLIENT,
        told=Told.ANSWERED if answer else Told.SEEN,
        method="GET",
        path=request["path"],
        version=request["version"],
        host=host,
        port=port,
        headers=headers,
        whole=bool(headers),
        status=int(answer["status"]) if answer else None,
        agent=headers.get("user-agent", ""),
        identity=identity(headers),
    )


FORMAT = Format(
    NAME,
    SOFTWARE,
    Hop.CLIENT,
    _opens,
    _read,
    (_BEGIN.encode(), b"pgrade: websocket"),
    _continues,
    certain=True,
)
