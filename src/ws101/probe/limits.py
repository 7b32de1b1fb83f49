"""How long and how much a probe takes before it stops."""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """Seconds that each part of an attempt may take, and bytes that are kept of an answer.

    `answer` counts from the request's first byte to the end of the answer's head, however slowly it trickles; `body`
    from there. After a 101 the socket is watched for `linger` seconds, or for `after_pong` when a ping was answered by
    then; in silence for `hold` when that is more than zero.
    """

    connect: float = 5.0
    tls: float = 5.0
    answer: float = 10.0
    body: float = 2.0
    linger: float = 0.3
    after_pong: float = 0.3
    hold: float = 0.0
    head_bytes: int = 65536
    body_bytes: int = 65536
