"""A problem document (RFC 9457) that names a cause of the catalogue, read from an answer; judges nothing of what it says.

Its `type` is `urn:ws101:cause:` and a slug, whoever wrote it: the timer service, or a proxy in front that was told to.
"""

import re
from functools import lru_cache

from msgspec import Struct

from ws101.handshake.answer import Answer

CAUSE_URN = "urn:ws101:cause:"

_SLUG = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_TRACE = re.compile(r"/api/v1/handshakes/[A-Za-z0-9._-]{8,128}")
_LONGEST = 300  # characters of a sentence that are kept


class Problem(Struct, frozen=True):
    """What a refusal says of itself; `trace` is the path at which its author tells what it saw, or empty."""

    cause: str
    title: str = ""
    detail: str = ""
    trace: str = ""

    @property
    def words(self) -> str:
        """The title and what is said of this very request, as one text."""
        return ". ".join(said.rstrip(".") for said in (self.title, self.detail) if said)


@lru_cache(maxsize=32)
def read(answer: Answer) -> Problem | None:
    """Return the problem document in an answer, or None where there is none that names a cause."""
    if "json" not in answer.headers.get("content-type").lower() or CAUSE_URN.encode() not in answer.body:
        return None
    from json import loads  # few answers have such a body

    try:
        given = loads(answer.text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    slug = _text(given, "type").removeprefix(CAUSE_URN)
    if slug == _text(given, "type") or not _SLUG.fullmatch(slug):
        return None
    trace = _text(given, "trace")
    return Problem(
        slug, _text(given, "title"), _text(given, "detail"), trace if _TRACE.fullmatch(trace) else ""
    )


def _text(given: dict[object, object], name: str) -> str:
    value = given.get(name)
    return value[:_LONGEST] if isinstance(value, str) else ""
