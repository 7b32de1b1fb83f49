"""What stands around a configuration and is not written in it: how the servers behind it behave, who else comes, how time passes.

The wire showed it, or a connection from here; the sandbox sets it up, so that a line of the file can be tried in it.
"""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

UPGRADE = frozenset({"Upgrade", "Connection"})
MOST_OTHERS = 200  # handshakes before the one that counts; the sandbox's nginx has 256 connections


class State(StrEnum):
    """How a server behind nginx behaves, in words that stand behind “with …”."""

    SOUND = "a server that takes every right handshake"
    DOWN = "a server that refuses connections"
    DEAF = "a server that takes no connection"
    SILENT = "a server that takes the request and never answers"
    TLS = "a server that speaks TLS alone"
    PLAIN = "a server that speaks no TLS"
    UNNAMED = "a server whose name cannot be resolved"
    ANSWERS = "a server that refuses"
    LONG = "a server whose 101 has a long head"
    CUT = "a server that breaks off in its 101"


class Circumstance(Struct, frozen=True):
    """The state of one server behind nginx, the handshakes of others, and the silence after a 101.

    `server` is the server as `proxy_pass` names it, empty for all; with `asked` it is the one that `auth_request` asks.
    `status` is what a server answers that refuses, or that gets plain HTTP where it speaks TLS; 0 where it closes.
    Where `unless` names fields, it answers so only to what does not carry them as the client sent them, those of an upgrade
    not at all. `head` are the bytes of its 101's head. `others` come before the handshake, at most, until one is refused; their sockets
    stay open where `held`. The socket is held silent for `silence` seconds; all time-outs are divided by `faster`.
    It is `supposed` where it was taken from the refusal alone, which may have another reason: then it proves nothing.
    """

    state: State = State.SOUND
    server: str = ""
    asked: bool = False
    status: int = 0
    unless: tuple[str, ...] = ()
    head: int = 0
    others: int = 0
    held: bool = False
    silence: float = 0.0
    faster: float = 1.0
    supposed: bool = False

    def concerns(self, server: str, *, asked: bool) -> bool:
        """Whether it is the state of this server."""
        return self.state is not State.SOUND and asked is self.asked and self.server in {"", server}

    @property
    def mended(self) -> "Circumstance":
        """The same with a server in order."""
        return replace(self, state=State.SOUND, status=0, head=0, unless=())

    @property
    def text(self) -> str:
        """What was set up, to stand behind “with”."""
        whom = "a service that is asked and" if self.asked else "a server that"
        said = {
            State.ANSWERS: f"{whom} answers {self.status}{self._unless}",
            State.DOWN: f"{whom} refuses connections",
            State.LONG: f"a server whose 101 has a head of {self.head} bytes",
        }.get(self.state, str(self.state))
        parts = [said] if self.state is not State.SOUND else []
        if self.others:
            whose = "one handshake" if self.others == 1 else f"{self.others} handshakes"
            parts.append(
                f"{whose} {'on an open socket' if self.held and self.others == 1 else 'on open sockets' if self.held else 'just before'}"
            )
        if self.faster > 1:
            parts.append(f"time-outs {self.faster:g} times shorter")
        return " and ".join(parts)

    @property
    def in_order(self) -> str:
        """What there was in its place, to stand behind “with”."""
        if self.asked:
            return "a service that says yes"
        return "one that is resolved" if self.state is State.UNNAMED else "one in order"

    @property
    def _unless(self) -> str:
        kept_out = [name for name in self.unless if name in UPGRADE]
        wanted = [name for name in self.unless if name not in UPGRADE]
        said = [f" to what carries {' and '.join(kept_out)}"] if kept_out else []
        said += [f" to what lacks the client's {' and '.join(wanted)}"] if wanted else []
        return ",".join(said)


SOUND = Circumstance()  # every server is in order, and nobody else comes
