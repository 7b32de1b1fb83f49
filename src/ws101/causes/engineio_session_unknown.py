"""The Engine.IO session is not known to the server that was reached

## What happens
400 with code 1, `Session ID unknown`, when the transport is upgraded from polling to WebSocket.

## Why
The polling request went to one process and the handshake to another: several workers without sticky sessions. Or the
server was restarted in between.

## How we know
The server says so; without `sid` a new session opens.
With the configuration (`--nginx-config`), the line is named.
In logs the server, or a client that keeps the answer's body, quotes it.

## What to do
Route a client's requests to one process (`ip_hash`, a cookie), or use the WebSocket transport alone.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

PATCH = """\
upstream your_upstream {
    ip_hash;
    server 127.0.0.1:3001;
    server 127.0.0.1:3002;
}"""


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.mends("engineio-without-session"):
        return Supported(
            evidence.by_flip,
            (Fact("without sid a new session opens", "experiment engineio-without-session"),),
        )
    if evidence.says is Says.ENGINEIO_SESSION:
        return Supported(
            Certainty.LIKELY, (Fact("Engine.IO says that the session is unknown", "the answer"),)
        )
    if evidence.answer is None:
        return Unknown("an HTTP answer")
    return RuledOut("no Engine.IO server complains about a session")


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    line = hop.scatters
    if line is None:
        return None
    return blame(
        (line, "sends requests of one client to different servers, for nothing makes it stick"), joins=True
    )


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.as_said_or_answered(story, Says.ENGINEIO_SESSION):
        return heard
    if out := hearing.before_server(story) or hearing.refused_otherwise(story, 400):
        return out
    asked = (e for e in story.entries if "/socket.io/" in e.path or "/engine.io/" in e.path)
    entry = next(asked, None)
    if entry is None or "sid=" not in entry.path:
        return None
    text = "an Engine.IO session is named, and the server may not know it"
    return hearing.supported(hearing.cite(entry, text), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="engineio-session-unknown",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy("Send all requests of a session to the same process.", Hop.PROXY, patch=PATCH),
    judge=judge,
    inspect=inspect,
    read=read,
)
