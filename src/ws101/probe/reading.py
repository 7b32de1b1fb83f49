"""Reads one HTTP/1 answer from a stream, within limits of time and size, and says how the reading ended."""

import asyncio
import re
import ssl
from collections.abc import Callable

from msgspec import Struct

from ws101.attempt import Ending
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request
from ws101.probe.limits import Limits
from ws101.probe.secure import failure
from ws101.probe.stream import Stream, ending_of, words_of

# Interim answers (1xx but 101) go before the head that counts (RFC 9110, 15.2).
_LINES_TO_BLANK = rb"(?:[^\r\n][^\n]*\n)*\r?\n"
_HEAD = re.compile(
    rb"(?:HTTP/\S+ 1(?!01)\d\d[^\n]*\n" + _LINES_TO_BLANK + rb")*+HTTP/[^\n]*\n" + _LINES_TO_BLANK
)


class Reading(Struct, frozen=True):
    """An answer as far as it came, how that ended, and whether its head is whole."""

    answer: Answer
    ending: Ending
    head_is_whole: bool
    detail: str = ""


async def read_answer(
    stream: Stream, request: Request, limits: Limits, first_byte: Callable[[], None]
) -> Reading:
    """Read until the answer is whole, the peer ends or a limit is reached; raises Ended for a TLS alert in its place."""
    reader = AnswerReader(request, limits.head_bytes, limits.body_bytes)
    ending, detail, begun = Ending.ANSWERED, "", False
    try:
        async with asyncio.timeout(limits.answer) as deadline:
            body_awaited = False
            while not reader.done:
                data = await stream.receive()
                if not data:
                    ending = Ending.CLOSED
                    break
                if not begun:
                    first_byte()
                begun = True
                reader.feed(data)
                if not body_awaited and b"\n" in data and _has_head(reader.answer()):
                    body_awaited = True
                    hasten(deadline, limits.body)
    except ssl.SSLError as error:
        # TLS 1.3 lets the peer refuse a client certificate only after the handshake (RFC 8446, 4.4.2.4).
        if not begun:
            raise failure(error) from None
        ending, detail = Ending.RESET, failure(error).detail
    except TimeoutError as error:
        ending, detail = Ending.SILENT, words_of(error) if error.errno else f"waited {limits.answer:g} s"
    except OSError as error:
        ending, detail = ending_of(error), words_of(error)
    if ending is not Ending.SILENT:
        reader.feed_eof()
    return _reading(reader.answer(), ending, detail)


def hasten(deadline: asyncio.Timeout, seconds: float) -> None:
    """Let a deadline come no later than in so many seconds."""
    soon = asyncio.get_running_loop().time() + seconds
    deadline.reschedule(min(soon, deadline.when() or soon))


def _reading(answer: Answer, ending: Ending, detail: str) -> Reading:
    whole = _has_head(answer)
    strange = answer.kind not in {Kind.HTTP, Kind.NOTHING}
    known = answer.status is not None and ending is not Ending.SILENT
    if ending is Ending.ANSWERED or whole or strange or known:
        return Reading(answer, Ending.ANSWERED, whole)
    return Reading(answer, ending, whole, detail)


def _has_head(answer: Answer) -> bool:
    return answer.status is not None and _HEAD.match(answer.raw) is not None
