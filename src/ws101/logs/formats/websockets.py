"""The log of Python's websockets: whole heads at level debug, `connection rejected (400 Bad Request)` at info.

Observed: websockets 17.4 and 10.4. `<` is what came and `>` what was sent, so a head shows which side wrote it. `curl -v` prints
the same (observed: 7.88.1), and is told by its User-Agent.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import heads, traceback
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import Record, fields, identity, message, record
from ws101.logs.sayings.servers import by_websockets
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "websockets", "websockets"
_SIGNS = (b"< GET ", b"> GET ", b"pgrade: websocket")
_REFUSED = (b"connection rejected (", b"HTTP response sent (")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        {
            "request": r"(?P<way>[<>]) GET (?P<path>\S{1,8000}) (?P<version>HTTP/(?:1\.[01]|2))$",
            "line": r"connection rejected \(|HTTP response sent \(|[<>](?: ?$| (?:HTTP/(?:1\.[01]|2) \d{3}|[\w!#$%&'*+.^`|~-]{1,80}: ))|! invalid (?:handshake|upgrade|origin|subprotocol)|websockets\.exceptions\.\w{1,60}: ",
            "field": r"(?P<way>[<>]) (?P<name>[\w!#$%&'*+.^`|~-]{1,80}): (?P<value>.{0,8000})",
            "answer": r"[<>] HTTP/(?:1\.[01]|2) (?P<status>\d{3})",
            "refused": r"(?P<words>(?:connection rejected|HTTP response sent) \((?P<status>\d{3})\b[^)\n]{0,80}\))",
            "reason": r"websockets\.exceptions\.\w{1,60}: (?P<reason>.{1,400})",
        }[name]
    )


def _opens(text: str) -> bool:
    return " GET " in text and _pattern("request").match(message(text)) is not None


def _refuses(text: str) -> bool:
    here = "websockets" in text and ("connection rejected (" in text or "HTTP response sent (" in text)
    return here and _pattern("refused").match(message(text)) is not None


def _continues(text: str) -> bool:
    return _pattern("line").match(message(text)) is not None or traceback.goes_on(text)


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    request = _pattern("request").match(found.messages[0])
    return _head(found, request) if request is not None else None


def _refused(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    said = _pattern("refused").match(found.messages[0])
    if said is None:
        return None
    words, status = said["words"], int(said["status"])
    # server.py, InvalidUpgrade: Upgrade or Connection is missing, or means something else.
    says = Says.NO_UPGRADE if status == 426 and words.startswith("connection rejected") else Says.NOTHING
    return found.entry(
        "websockets-info", SOFTWARE, Hop.SERVER, told=Told.ANSWERED, status=status, says=says, words=words
    )


def _head(found: Record, request: re.Match[str]) -> Entry:
    """Return the entry of a whole exchange; a client's head is what it sent, byte for byte."""
    own, by_server = request["way"], request["way"] == "<"
    rows = (_pattern("field").match(text) for text in found.messages[1:])
    headers = fields((row["name"], row["value"]) for row in rows if row is not None and row["way"] == own)
    answer = next((a for text in found.messages if (a := _pattern("answer").match(text))), None)
    reason = next((r["reason"] for text in found.messages if (r := _pattern("reason").match(text))), "")
    host, port = heads.authority("" if by_server else headers.get("host", ""))
    agent = headers.get("user-agent", "")
    return found.entry(
        NAME,
        "curl" if agent.startswith("curl/") and not by_server else SOFTWARE,
        Hop.SERVER if by_server else Hop.CLIENT,
        told=Told.ANSWERED if answer else Told.SEEN,
        method="GET",
        path=request["path"],
        version=request["version"],
        host=host,
        port=port,
        headers=headers,
        whole=bool(headers),
        status=int(answer["status"]) if answer else None,
        says=by_websockets(reason) if by_server else Says.NOTHING,
        words=reason,
        agent=agent,
        identity=identity(headers),
    )


HEADS = Format(NAME, SOFTWARE, Hop.SERVER, _opens, _read, _SIGNS, _continues)
REFUSALS = Format("websockets-info", SOFTWARE, Hop.SERVER, _refuses, _refused, _REFUSED)
FORMATS = (HEADS, REFUSALS)
