"""Ktor's Logging plugin of a client: `REQUEST: wss://app.example.com/ws`, and the answer, or what went wrong.

ktor-client-logging: Logging.kt, LoggingUtils.kt; Ktor 2 and 3. It is told before the engine adds Upgrade and the rest.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import heads, sayings
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import message, record, where
from ws101.logs.saying import URL
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "ktor-client", "ktor"


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        {
            "request": rf"REQUEST: (?P<url>{URL})$",
            "answer": r"RESPONSE: (?P<status>\d{3})\b",
            "failed": rf"(?:REQUEST|RESPONSE) (?P<url>{URL}) failed with exception: (?P<words>.{{0,400}})",
            "member": r"METHOD: |COMMON HEADERS$|CONTENT HEADERS$|-> |FROM: |BODY\b",
            "from": rf"FROM: (?P<url>{URL})$",
            "method": r"METHOD: (?:HttpMethod\(value=)?(?P<method>[A-Z]{1,12})",
        }[name]
    )


def _opens(text: str) -> bool:
    if "REQUEST" not in text and "RESPONSE" not in text:
        return False
    told = message(text)
    return any(_pattern(name).match(told) for name in ("request", "answer", "failed"))


def _continues(text: str) -> bool:
    return _pattern("member").match(message(text)) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    first, *rest = found.messages
    if failed := _pattern("failed").match(first):
        heard = sayings.recognise(failed["words"], about=True)
        told: dict[str, object] = {
            "told": heard.told if heard else Told.WRONG,
            "says": heard.says if heard else Says.NOTHING,
            "status": heard.status if heard else None,
            "words": failed["words"],
        }
        url = failed["url"]
    elif request := _pattern("request").match(first):
        told, url = (
            {"told": Told.MEANT, "headers": heads.of([text.removeprefix("-> ") for text in rest])},
            request["url"],
        )
    else:
        answer = _pattern("answer").match(first)
        of = next((match for text in rest if (match := _pattern("from").match(text))), None)
        if answer is None or of is None:  # of a request that is no handshake
            return None
        told, url = {"told": Told.ANSWERED, "status": int(answer["status"])}, of["url"]
    method = next((match["method"] for text in rest if (match := _pattern("method").match(text))), "")
    place = where(url)
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.CLIENT,
        method=method,
        scheme=place.scheme,
        host=place.host,
        port=place.port,
        path=place.path,
        **told,
    )


FORMAT = Format(
    NAME,
    SOFTWARE,
    Hop.CLIENT,
    _opens,
    _read,
    (b"REQUEST: ws", b"FROM: ws", b"REQUEST ws", b"RESPONSE ws"),
    _continues,
    certain=True,
)
