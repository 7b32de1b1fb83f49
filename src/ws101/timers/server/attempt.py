"""One handshake as the service saw it and answered it: what goes to the log, the traces and the counts.

Holds the head as it came, with its secrets: who shows it takes them out first.
"""

import os
import re
from typing import NamedTuple

_SOUND = re.compile(r"[A-Za-z0-9._-]{8,128}")


def identify(given: str) -> str:
    """Return a request's trace id: the X-Request-Id that it was given where that is a sound one, else a new one."""
    return given if given and _SOUND.fullmatch(given) else os.urandom(16).hex()


class Attempt(NamedTuple):
    """`at` is in ms; `cause` is empty when it was accepted; `user` is None when nobody could be established.

    `peer` is who connected, `client` who is behind trusted proxies; `detail` quotes no secret; `head` may be cut short.
    """

    at: int
    trace_id: str
    peer: str
    client: str
    tls: bool
    head: bytes
    status: int
    cause: str
    detail: str
    user: str | None

    def __repr__(self) -> str:
        """Leave the head out: it holds secrets."""
        return f"Attempt({self.trace_id}, {self.status}, {self.cause!r})"
