"""What is said over REST and over the socket, as values: JSON in camelCase. Knows no rule and does no I/O.

`duration` is in milliseconds; `remainingSeconds` and `remainingTime` are in whole seconds, rounded up, so that 0 means
over. Moments (`…At`, `serverTime`, `clientTime`) are in milliseconds since the Unix epoch.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

DAY = 86_400_000
Name = Annotated[str, Meta(min_length=1, max_length=255)]
Duration = Annotated[int, Meta(ge=1_000, le=7 * DAY, description="milliseconds")]
Moment = Annotated[int, Meta(ge=0, le=2**53, description="milliseconds since the Unix epoch")]
Seconds = Annotated[int, Meta(ge=0, description="whole seconds, rounded up")]


class State(StrEnum):
    """What a timer does."""

    IDLE = "IDLE"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    COMPLETED = "COMPLETED"


class Resource(Struct, rename="camel", frozen=True, kw_only=True):
    """The base of all that is sent: immutable, camelCase."""


class Given(Struct, rename="camel", frozen=True, kw_only=True):
    """The base of all that is taken in. Unknown members are passed over, as the original service does."""


# ---- resources


class Timer(Resource, frozen=True, kw_only=True):
    """One timer; `due_at` is there while it runs, `version` counts its changes (the ETag)."""

    id: str
    name: str
    duration: Duration
    state: State
    enabled: bool
    remaining_seconds: Seconds
    counts_as_pomodoro: bool
    send_notification_on_complete: bool
    order: int
    due_at: Moment | None
    version: int


class TimerList(Resource, frozen=True, kw_only=True):
    """A list of timers, by `order`, that run one after the other; `status` is that of its active timer, else IDLE."""

    id: str
    name: str
    timers: tuple[Timer, ...]
    loop_timers: bool
    pomodoro_grouped: bool
    status: State
    version: int


class Settings(Resource, frozen=True, kw_only=True):
    """A user's settings; also what PUT takes."""

    default_timer_list_id: str | None = None
    daily_pomodoro_goal: Annotated[int, Meta(ge=0, le=1000)] = 8
    notifications_enabled: bool = True


# ---- what REST takes


class ListCreate(Given, frozen=True, kw_only=True):
    """POST /timers/lists."""

    name: Name
    loop_timers: bool = False
    pomodoro_grouped: bool = False


class ListChange(Given, frozen=True, kw_only=True):
    """PATCH /timers/lists/{id}: what is absent stays."""

    name: Name | UnsetType = UNSET
    loop_timers: bool | UnsetType = UNSET
    pomodoro_grouped: bool | UnsetType = UNSET


class Reorder(Given, frozen=True, kw_only=True):
    """POST /timers/lists/{id}/reorder: every timer of the list once, in the new order."""

    timer_ids: Annotated[tuple[str, ...], Meta(max_length=1000)]


class TimerCreate(Given, frozen=True, kw_only=True):
    """POST /timers; without `order` the timer goes to the end."""

    timer_list_id: str
    name: Name
    duration: Duration
    enabled: bool = True
    counts_as_pomodoro: bool = False
    order: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    send_notification_on_complete: bool = True


class TimerChange(Given, frozen=True, kw_only=True):
    """PATCH /timers/{id}: what is absent stays."""

    name: Name | UnsetType = UNSET
    duration: Duration | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    counts_as_pomodoro: bool | UnsetType = UNSET
    order: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    send_notification_on_complete: bool | UnsetType = UNSET


# ---- events: stored, numbered, replayed. `seq` is gapless per user; `epoch` names the numbering; `eventId` is for ever.


class Event(Resource, tag_field="type", tag=True, frozen=True, kw_only=True):
    """The base of every event that a user's sockets receive."""

    seq: int
    epoch: str
    event_id: str


class TimerUpdate(Event, frozen=True, kw_only=True):
    """A timer changed; `remaining_time` is in seconds."""

    list_id: str
    timer: Timer
    remaining_time: Seconds


class TimerListUpdate(Event, frozen=True, kw_only=True):
    """A list was created, updated or deleted; a deleted one is shown as it last was."""

    timer_list: TimerList
    action: Literal["created", "updated", "deleted"]


class TimerListRefresh(Event, frozen=True, kw_only=True):
    """A list changed and is too large for one message, or much changed at once: fetch it again, or all of them."""

    list_id: str | None = None


class TimerCompleted(Event, frozen=True, kw_only=True):
    """A timer came to its end at `due_at`; `fired_at` is when the service saw to it, later only after it was away.

    `notify` tells whether the user wants to be told.
    """

    list_id: str
    timer: Timer
    due_at: Moment
    fired_at: Moment
    notify: bool


class NotificationWithdrawn(Event, frozen=True, kw_only=True):
    """Another device of the user has acknowledged the TimerCompleted of this `completed_seq`: take its notification away."""

    completed_seq: int
    completed_event_id: str


class SettingsUpdate(Event, frozen=True, kw_only=True):
    """The user's settings changed."""

    settings: Settings


# ---- socket messages that are no events


class Message(Resource, tag_field="type", tag=True, frozen=True, kw_only=True):
    """The base of what is said once and not kept."""


class Snapshot(Resource, frozen=True, kw_only=True):
    """Everything of a user, as of the Welcome's `seq`."""

    lists: tuple[TimerList, ...]
    settings: Settings


class Welcome(Message, frozen=True, kw_only=True):
    """The first message to a client that asked to resume (`?since=`); events after its `since` follow it.

    When they could not all be found, `recovered` is false and `snapshot` holds the state at `seq`.
    """

    recovered: bool
    epoch: str
    seq: int
    server_time: Moment
    snapshot: Snapshot | None = None


class Pong(Message, frozen=True, kw_only=True):
    """The answer to a Ping; `client_time` is the Ping's."""

    server_time: Moment
    client_time: int


class Ping(Given, tag_field="type", tag=True, frozen=True, kw_only=True):
    """Sent by a client every 15 seconds; `client_time` comes back in the Pong."""

    client_time: int


class SubscribeTimers(Given, tag_field="type", tag=True, frozen=True, kw_only=True):
    """What old clients send to be told of timers; it narrows nothing, for without every event `seq` would have gaps."""

    scope: str = "USER"
    user_id: str | int | None = None
    list_id: str | None = None


class Ack(Given, tag_field="type", tag=True, frozen=True, kw_only=True):
    """Tells that the device has dealt with every event up to and including `seq`."""

    seq: Annotated[int, Meta(ge=0, le=2**53)]


class TimerUpdateLegacy(Given, tag_field="type", tag="TimerUpdate", frozen=True, kw_only=True):
    """What old clients send when they count down themselves; taken and not used, for the service keeps the time."""


ClientMessage = Ping | SubscribeTimers | Ack | TimerUpdateLegacy

_encoder = msgspec.json.Encoder()
_ClientMessage: Any = ClientMessage  # a union is no type to a type checker, and is one to msgspec
_client_decoder = msgspec.json.Decoder(_ClientMessage)
_any_decoder = msgspec.json.Decoder()


def encode(value: Struct | tuple[Struct, ...] | list[Any]) -> bytes:
    """Return the JSON text, in UTF-8."""
    return _encoder.encode(value)


def decode_client(text: bytes) -> ClientMessage:
    """Read a client's message; its `type` may be a class name with its package, as old clients send it.

    Raises msgspec.DecodeError (ValidationError included), whose text quotes no value.
    """
    try:
        message: ClientMessage = _client_decoder.decode(text)
    except msgspec.ValidationError:
        loose = _any_decoder.decode(text)
        if not isinstance(loose, dict) or "." not in str(loose.get("type", "")):
            raise
        message = msgspec.convert({**loose, "type": str(loose["type"]).rpartition(".")[2]}, _ClientMessage)
    return message
