"""Why the service closes a socket, in three classes by what the client should do; the codes are public.

RFC 6455, 7.4.2 leaves 4000 to 4999 to applications: 41xx come back at once and resume, 42xx come back after a pause,
44xx do not come back until something has changed. Standard codes keep their meaning.
"""

from enum import Enum
from typing import NamedTuple


class Then(Enum):
    """What the client should do after the close."""

    RESUME = "reconnect at once and resume"
    WAIT = "reconnect after a pause that grows, with jitter"
    STOP = "do not reconnect before something has changed"


class Closing(NamedTuple):
    """A close code, its reason on the wire, and its class."""

    code: int
    reason: str
    then: Then


SLOW_CONSUMER = Closing(4100, "slow-consumer", Then.RESUME)
SILENT = Closing(4101, "silent", Then.RESUME)
DRAINING = Closing(1012, "draining", Then.WAIT)
OVERLOADED = Closing(4200, "overloaded", Then.WAIT)
SERVER_ERROR = Closing(1011, "server-error", Then.WAIT)
MESSAGE_MALFORMED = Closing(4400, "message-malformed", Then.STOP)
SESSION_ENDED = Closing(4401, "session-ended", Then.STOP)
USER_LOCKED = Closing(4403, "user-locked", Then.STOP)
BINARY_REFUSED = Closing(1003, "binary-refused", Then.STOP)
MESSAGE_TOO_LARGE = Closing(1009, "message-too-large", Then.STOP)
PROTOCOL_ERROR = Closing(1002, "protocol-error", Then.STOP)
TEXT_INVALID = Closing(1007, "text-invalid", Then.STOP)

CLOSINGS = (
    SLOW_CONSUMER, SILENT, DRAINING, OVERLOADED, SERVER_ERROR, MESSAGE_MALFORMED, SESSION_ENDED, USER_LOCKED,
    BINARY_REFUSED, MESSAGE_TOO_LARGE, PROTOCOL_ERROR, TEXT_INVALID,
)  # fmt: skip


def class_of(code: int | None) -> Then:
    """Return what a client should do after any close: by our code, by our class, else by RFC 6455, 7.4.1."""
    known = {closing.code: closing.then for closing in CLOSINGS}
    if code in known:
        return known[code]
    if code is not None and 4100 <= code < 4500:
        return {41: Then.RESUME, 42: Then.WAIT}.get(code // 100, Then.STOP)
    return Then.STOP if code in {1002, 1003, 1007, 1008, 1009, 1010} else Then.WAIT
