"""Errors of Python's servers with their traceback: the last line names the reason, the first the time.

Observed: uvicorn 0.54.0, hypercorn 0.18.0, daphne 4.2.3, aiohttp 3.14.5, websockets 17.4. They tell of a handshake where
the traceback goes through something about WebSockets, or its last line says so.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import sayings, traceback
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import message, record
from ws101.logs.sayings.servers import by_websockets
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "python-errors", "the server"
_TITLES = {
    "Exception in ASGI application": "uvicorn",
    "Error in ASGI Framework": "hypercorn",
    "Exception inside application": "daphne",
    "Error handling request": "aiohttp",
    "opening handshake failed": "websockets",
    "process_request failed": "websockets",
    "process_response failed": "websockets",
    "connection handler failed": "websockets",
}
_ANSWER = "(500 Internal Server Error)"  # `connection rejected (…)` follows where the handshake was not answered yet


@cache
def _raised() -> re.Pattern[str]:
    return re.compile(r"(?:[a-zA-Z_]\w{0,60}\.){0,8}[A-Z]\w{0,80}(?:: |$)")


def _opens(text: str) -> bool:
    return any(title in text for title in _TITLES) and message(text).startswith(tuple(_TITLES))


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    text = found.text
    software = next(name for title, name in _TITLES.items() if title in lines[0].text)
    raised = [t for t in found.messages[1:] if _raised().match(t)]
    last = raised[-1] if raised else found.messages[0]
    heard = sayings.recognise("\n".join(raised), about=True)  # not what stands in the source that is quoted
    about = (
        software == "websockets"
        or (heard is not None and not heard.saying.vague)
        or "websocket" in text.lower()
    )
    if not about:
        return None
    if heard is not None and (heard.told is Told.ENDED or heard.saying.hop is Hop.SERVER):
        side = heard.told if heard.told is Told.ENDED else Told.WRONG
        return found.entry(
            NAME, software, Hop.SERVER, told=side, says=heard.says, words=last[:400], close_code=heard.code
        )
    opening = "opening handshake failed" in lines[0].text
    says = by_websockets(last.partition(": ")[2]) if opening else Says.ERROR
    status = 500 if _ANSWER in lines[-1].text else None
    told = Told.WRONG if status is None else Told.ANSWERED
    return found.entry(NAME, software, Hop.SERVER, told=told, says=says, status=status, words=last[:400])


def _continues(text: str) -> bool:
    return traceback.goes_on(text) or _ANSWER in text


FORMAT = Format(
    NAME,
    SOFTWARE,
    Hop.SERVER,
    _opens,
    _read,
    tuple(title.encode() for title in _TITLES),
    _continues,
)
