"""The server does not accept the Host that it sees

## What happens
The application answers 400 (Django, Starlette's TrustedHostMiddleware) or 403 before it looks at anything else.

## Why
Its list of allowed hosts lacks the name, or the name with its port.

## How we know
The refusal says so, or Host without its port is accepted.
In logs the server names the Host that it does not allow.

## What to do
Add the name to the allowed hosts (`ALLOWED_HOSTS`, `allowed_hosts`).
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
        return RuledOut("the Host is accepted")
    if evidence.mends("direct"):
        return RuledOut("asked directly, the server accepts this Host", "direct")
    once = (
        evidence.baseline is not None and len(evidence.baseline.sending.request.headers.get_all("host")) == 1
    )
    if once and evidence.mends("host-without-port"):
        return Supported(
            evidence.by_flip, (Fact("Host without its port is accepted", "experiment host-without-port"),)
        )
    if evidence.says is Says.HOST and not evidence.answered_by_proxy:
        return Supported(
            Certainty.LIKELY, (Fact("the server says that this Host is not allowed", "the answer"),)
        )
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if other := next((name for name in ("nonsense-path", "without-token") if evidence.moves(name)), ""):
        return RuledOut("another path or token is answered otherwise: Host was accepted before that", other)
    if evidence.same("host-without-port") and evidence.says is not Says.NOTHING:
        return RuledOut("Host without its port changes nothing", "host-without-port")
    return Unknown("the server's list of allowed hosts")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.HOST, hops=way.BEHIND):
        return heard
    if fits := hearing.as_answered(story, Says.HOST):
        return fits
    if bare := hearing.bare_400(story):
        return hearing.supported(hearing.answered(bare, 400), certainty=hearing.POSSIBLE, rare=True)
    return hearing.before_server(story) or hearing.refused_otherwise(story, 400, 403, 404, 421)


CAUSE = Cause(
    slug="server-rejects-host",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy("Add this Host to the hosts that the server allows.", Hop.SERVER),
    judge=judge,
    read=read,
)
