"""The Engine.IO query lacks its transport parameter

## What happens
A Socket.IO server answers 400 with `Transport unknown` (code 0).

## Why
Socket.IO is not plain WebSocket: its URL needs `?EIO=4&transport=websocket`. A plain WebSocket client does not add it, and
a proxy that drops the query loses it.

## How we know
The server says so; with the parameters the same handshake passes.
In logs the server, or a client that keeps the answer's body, quotes it.

## What to do
Use a Socket.IO client, or add the parameters; pass the query on.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.mends("engineio-parameters"):
        fact = Fact(
            "with transport=websocket and EIO in the query it works", "experiment engineio-parameters"
        )
        return Supported(evidence.by_flip, (fact,))
    if evidence.says is Says.ENGINEIO_TRANSPORT:
        return Supported(
            Certainty.LIKELY, (Fact("Engine.IO says that the transport is unknown", "the answer"),)
        )
    if evidence.answer is None:
        return Unknown("an HTTP answer")
    return RuledOut("no Engine.IO server complains about a parameter")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.as_said_or_answered(story, Says.ENGINEIO_TRANSPORT):
        return heard
    if out := hearing.before_server(story) or hearing.refused_otherwise(story, 400):
        return out
    asked = (e for e in story.entries if "/socket.io/" in e.path or "/engine.io/" in e.path)
    entry = next(asked, None)
    if entry is None or not ("transport=" not in entry.path or "EIO=" not in entry.path):
        return None
    text = "an Engine.IO parameter is missing in the query"
    return hearing.supported(hearing.cite(entry, text), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="engineio-parameter-missing",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy("Add EIO=4&transport=websocket to the query, or use a Socket.IO client.", Hop.CLIENT),
    judge=judge,
    read=read,
)
