"""The shape of a fault: one change to a healthy stack. A fault does not know what it will be called."""

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from ws101.lab.stack import Stack, healthy
from ws101.terms import Hop

LIBRARIES = ("websockets", "uvicorn", "aiohttp")
WITH_TIMERS = (*LIBRARIES, "timers")


class Front(StrEnum):
    """What the client meets first in the healthy stack."""

    SERVER = "the server itself"
    NGINX = "nginx"
    NGINX_TLS = "nginx with TLS"


class Fault(Struct, frozen=True):
    """One thing that is wrong; `hop` is where, `servers` the ones with which it is worth looking at.

    `page` is the module's docstring. `works` is true where the stack is sound and only the user's own client fails:
    `saw` of its client tells the status that it reported.
    """

    name: str
    hop: Hop
    page: str | None
    change: Callable[[Stack], Stack]
    servers: tuple[str, ...] = ("websockets",)
    front: Front = Front.NGINX
    works: bool = False

    @property
    def summary(self) -> str:
        return (self.page or self.name).strip().splitlines()[0].rstrip(".")

    def stack(self, server: str) -> Stack:
        """Return the healthy stack of this server with the fault in it."""
        return self.change(
            healthy(server, tls=self.front is Front.NGINX_TLS, direct=self.front is Front.SERVER)
        )


class Sound(Struct, frozen=True):
    """A stack that works, some of them against common belief."""

    name: str
    summary: str
    stack: Stack
