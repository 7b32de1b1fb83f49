"""Client and server speak different versions of Engine.IO

## What happens
400 with code 5, `Unsupported protocol version`; or the socket opens and nothing works.

## Why
Socket.IO 3 and 4 speak EIO=4, Socket.IO 2 speaks EIO=3. A server refuses the other one unless `allowEIO3` is set.

## How we know
The server says so; with the other EIO the same handshake passes.
In logs the server, or a client that keeps the answer's body, quotes it.

## What to do
Use a client of the server's major version, or set `allowEIO3`.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.mends("engineio-other-version"):
        return Supported(
            evidence.by_flip, (Fact("with the other EIO it works", "experiment engineio-other-version"),)
        )
    if evidence.mends("engineio-parameters"):
        return RuledOut(
            "with the parameters that were missing this version is accepted", "engineio-parameters"
        )
    if evidence.says is Says.ENGINEIO_VERSION:
        return Supported(
            Certainty.LIKELY, (Fact("Engine.IO says that the version is not supported", "the answer"),)
        )
    if evidence.answer is None:
        return Unknown("an HTTP answer")
    return RuledOut("no Engine.IO server complains about the version")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.as_said_or_answered(story, Says.ENGINEIO_VERSION):
        return heard
    asked = next((e for e in story.entries if "EIO=" in e.path), None)
    if asked is not None and way.opened(story):
        return Unknown(hearing.SERVER_LOG)  # a server may open the socket first, and refuse then
    return hearing.before_server(story) or hearing.refused_otherwise(story, 400)


CAUSE = Cause(
    slug="engineio-version-mismatch",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy(
        "Use a client of the server's version, or allow the older protocol.",
        Hop.SERVER,
        patch="new Server(httpServer, { allowEIO3: true })",
    ),
    judge=judge,
    read=read,
)
