"""The peer takes the request and closes the connection without an answer

## What happens
The connection is made and the request goes out; then the peer closes or resets it, and not one byte comes
back. Clients say "socket hang up", "connection reset" or "empty reply".

## Why
nginx was told to (`return 444;`, often the default server's); the listener expects a PROXY protocol line, or
TLS; a WebSocket library destroys the socket at a path that it does not serve; the program crashed; a firewall
cut in.

## How we know
The end of the connection itself. Which requests to the same place are answered, and which are not, narrows it
down.
With the configuration (`--nginx-config`), the line is named.
In logs the client says that it was closed, or nginx logs its own 444; why, only the hop that closed can say.

## What to do
Read the log of what listens on this port, at the second of this handshake: the peer knows why it closed.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import as_configured, blame, without
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

OTHERS = {
    "repeat": "the same handshake again",
    "plain-get": "a plain GET of the same path",
    "nonsense-path": "the handshake at a path that nobody serves",
    "malformed-host": "a malformed Host",
}


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if baseline is None:
        return Unknown("the handshake itself")
    if evidence.ended(Layer.TCP, Ending.CLOSED, Ending.RESET):
        return Supported(
            Certainty.POSSIBLE, (Fact(f"as soon as it stood: {baseline.ending}", "the connection"),)
        )
    if baseline.layer in {Layer.NAME, Layer.TCP, Layer.FORWARD_PROXY}:
        return Unknown("a connection to the port")
    if evidence.answer is not None:
        return RuledOut("an answer came")
    if baseline.ending not in {Ending.CLOSED, Ending.RESET}:
        return RuledOut("the connection was not closed by the peer")
    sent = "the request" if baseline.layer is Layer.HTTP else "the TLS greeting"
    end = Fact(f"after {sent}: {baseline.ending}", "the connection")
    return Supported(Certainty.POSSIBLE, (end, *_around(evidence)))


def _around(evidence: Evidence) -> tuple[Fact, ...]:
    tried = ((name, what, evidence.tried(name)) for name, what in OTHERS.items())
    return tuple(
        Fact(f"{what}: {a.status or a.ending}", f"experiment {name}")
        for name, what, a in tried
        if a is not None
    )


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    gate = hop.gate
    if gate is None or gate.name != "return" or hop.nameless or hop.held or not as_configured(evidence, hop):
        return None
    closes = hop.answered is not None and hop.answered.status == 444
    return blame((gate, "closes the connection without an answer"), cure=without(gate)) if closes else None


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(
        story, Says.CLOSED, Says.SILENT, hops=(Hop.CLIENT,), certainty=hearing.POSSIBLE
    ):
        return heard
    if entry := hearing.met_status(story, 444):  # nginx's own number for closing without an answer
        return hearing.supported(hearing.answered(entry), certainty=hearing.POSSIBLE)
    return hearing.answer_came(story)


CAUSE = Cause(
    slug="closed-without-answer",
    hop=Hop.NETWORK,
    page=__doc__,
    remedy=Remedy("Read the log of what listens on this port, at the second of this handshake.", Hop.SERVER),
    judge=judge,
    inspect=inspect,
    generic=True,
    read=read,
)
