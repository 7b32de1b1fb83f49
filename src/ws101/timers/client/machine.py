"""The client's life as one table of states and events. Pure: what is done in a state is the session's business."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where the client stands; each state but the last two and OFFLINE has one activity, whose end is an event."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    RENEWING = "renewing the token"
    RETRYING = "connecting with a new token"
    RESUMING = "resuming"
    LIVE = "live"
    WAITING = "waiting"
    REFUSED = "refused"
    STOPPED = "stopped"


class What(StrEnum):
    """What can happen to the client."""

    START = "it was started"
    STOP = "it was stopped"
    OPENED = "a 101 came"
    EXPIRED = "it was refused because the token has expired"
    DENIED = "it was refused, and would be again"
    POSTPONED = "it was refused for now"
    UNREACHABLE = "no answer came"
    RENEWED = "there is a new token"
    WELCOMED = "the service told what was missed"
    DROPPED = "the connection ended, and another may be made"
    ENDED = "the service closed it for good"
    DUE = "the wait is over"


_ANSWERS = {
    What.OPENED: State.RESUMING,
    What.DENIED: State.REFUSED,
    What.POSTPONED: State.WAITING,
    What.UNREACHABLE: State.WAITING,
}
_ENDS = {What.DROPPED: State.WAITING, What.ENDED: State.REFUSED}

# Every way round leads through WAITING: a token is renewed once, and what is refused for good is not tried again.
TABLE: Mapping[State, Mapping[What, State]] = {
    State.OFFLINE: {What.START: State.CONNECTING, What.STOP: State.STOPPED},
    State.CONNECTING: {**_ANSWERS, What.EXPIRED: State.RENEWING, What.STOP: State.STOPPED},
    State.RENEWING: {
        What.RENEWED: State.RETRYING,
        What.DENIED: State.REFUSED,
        What.POSTPONED: State.WAITING,
        What.UNREACHABLE: State.WAITING,
        What.STOP: State.STOPPED,
    },
    State.RETRYING: {**_ANSWERS, What.EXPIRED: State.REFUSED, What.STOP: State.STOPPED},
    State.RESUMING: {**_ENDS, What.WELCOMED: State.LIVE, What.STOP: State.STOPPED},
    State.LIVE: {**_ENDS, What.STOP: State.STOPPED},
    State.WAITING: {What.DUE: State.CONNECTING, What.STOP: State.STOPPED},
    State.REFUSED: {},
    State.STOPPED: {},
}


def follow(state: State, what: What) -> State:
    """Return the state after an event; raise ValueError for one that cannot happen there."""
    try:
        return TABLE[state][what]
    except KeyError:
        raise ValueError(f"{what.name} cannot happen while {state}") from None
