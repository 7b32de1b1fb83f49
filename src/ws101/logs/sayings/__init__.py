"""The table of sayings; the first that stands in a text tells what it means. One file per library, or per family."""

from ws101.logs.saying import Heard, hear
from ws101.logs.sayings import ktor

SAYINGS = (*ktor.SAYINGS,)


def recognise(text: str) -> Heard | None:
    """Return the first saying that stands in the text, or None where no words are known."""
    return hear(text, SAYINGS)
