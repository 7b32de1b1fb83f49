"""Who an open socket belongs to and what its handshake asked for; lives as long as the socket."""

from typing import NamedTuple


class Seat(NamedTuple):
    """`since` is None when nothing is to be resumed; `device` is None where the client named none.

    Whoever ends the socket gives the seat back: `limits.leave(seat)`, once.
    """

    user: str
    session: str
    client: str
    trace_id: str
    device: str | None
    since: int | None
    epoch: str | None
