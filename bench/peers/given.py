"""What a peer is told when it is started: where to listen and how tokens are checked. One JSON value in its environment."""

import os
from typing import Any

import msgspec

VARIABLE = "WS101_BENCH"
HOST = "127.0.0.1"
PATH = "/api/v1/timers/notifications"
AUDIENCE = ISSUER = "ws101-timers"
MESSAGE = 250  # bytes of JSON
DEVICES = 3  # of each user
TO_DEVICES = "devices"  # the order to send each message to all of them
PREPARED = frozenset({"due", "chain"})  # the orders whose messages are prepared
BROKEN = "A" * 12  # what the signature of each refused token ends in


class Given(msgspec.Struct, frozen=True):
    """`control` is the port that takes orders; `check` is pyjwt or fast; `directory` is the peer's own, for its data and logs.

    `modules` is where Node finds packages, `crowd` how many sockets are open while messages are measured.
    """

    port: int
    control: int
    secret: str
    check: str
    directory: str
    modules: str
    crowd: int


def given() -> Given:
    return msgspec.json.decode(os.environ[VARIABLE], type=Given)


def environment(value: Given) -> dict[str, str]:
    return {VARIABLE: msgspec.json.encode(value).decode()}


def message(number: int, due: int) -> bytes:
    """Return a message of 250 bytes; `due` is when it was due to be sent, in ns of the monotonic clock."""
    return _encode({"type": "Measured", "due": f"{due:020}", "seq": f"{number:010}", "padding": _PADDING})


def _encode(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value)


_PADDING = ""
_PADDING = "x" * (MESSAGE - len(message(0, 0)))
