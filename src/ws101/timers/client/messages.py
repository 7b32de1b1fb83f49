"""What the service says on the socket, read; a type that is not known yet keeps its place in the numbering."""

from typing import Any

import msgspec

from ws101.timers import wire

Told = (
    wire.TimerUpdate
    | wire.TimerListUpdate
    | wire.TimerListRefresh
    | wire.TimerCompleted
    | wire.NotificationWithdrawn
    | wire.SettingsUpdate
)


class Unknown(wire.Event, frozen=True, kw_only=True):
    """An event of a type that came later than this client."""


Heard = Told | Unknown | wire.Welcome | wire.Pong

_known: Any = Told | wire.Welcome | wire.Pong
_decoder = msgspec.json.Decoder(_known)


def read(text: bytes) -> Heard | None:
    """Return the message; None for one that is neither known nor an event. Raises ValueError for what is no message."""
    try:
        message: Heard = _decoder.decode(text)
    except msgspec.ValidationError:
        return _strange(text)
    except msgspec.DecodeError as error:
        raise ValueError(f"the service sent what is no JSON ({error})") from None
    return message


def _strange(text: bytes) -> Unknown | None:
    loose = msgspec.json.decode(text)
    try:
        return msgspec.convert({**loose, "type": "Unknown"}, Unknown)
    except (msgspec.ValidationError, TypeError):
        return None
