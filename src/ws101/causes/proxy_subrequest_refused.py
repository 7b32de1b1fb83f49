"""The proxy asked another service whether to let the handshake in, and it was refused or broke

## What happens
The proxy answers 401, 403 or 500 by itself, before the application is asked; or it closes without an answer.

## Why
`auth_request` (or a forward-auth middleware) takes only 2xx, 401 and 403 for an answer: anything else becomes 500. If the
Upgrade header is passed on to the service and it answers 101, nginx closes the connection.

## How we know
The 401, 403 or 500 is the proxy's own and no Basic credentials are asked for. If another token changes it, a service
judged the token. A 500 may also be the proxy's own trouble, such as an internal redirect that goes round: its error log
says `auth request unexpected status` if this is it. Traefik's forwardAuth answers an empty 500 when it cannot ask.
With the configuration (`--nginx-config`), the line is named; a service on this machine is asked what nginx asks it.
In logs nginx names a subrequest's status that it does not expect; a 401 or 403 without a server asked fits.

## What to do
Ask the service itself with the same headers; blank Upgrade and Connection for the subrequest.
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame, cleared_by, outside, perhaps_by_proxy
from ws101.logs import way
from ws101.logs.story import Story
from ws101.nginx.circumstance import Circumstance, State
from ws101.nginx.outcome import after_subrequest
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

PATCH = """\
location = /_auth {
    internal;
    proxy_pass http://your_auth_service;
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
    proxy_set_header Upgrade        "";
    proxy_set_header Connection     "";
}"""


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if not evidence.refused:
        return Unknown("the proxy's error log")
    if (
        evidence.status == 500
        and perhaps_by_proxy(evidence)
        and not evidence.answered_by_proxy
        and evidence.same("plain-get")
    ):
        fact = Fact(
            f"{evidence.proxy or 'a proxy'} may have written the 500 itself, as where it cannot ask",
            "the answer",
        )
        return Supported(Certainty.POSSIBLE, (fact,))
    if (
        not evidence.answered_by_proxy
        or evidence.status not in {401, 403, 500}
        or evidence.says in {Says.BASIC, Says.CDN_BLOCKED, Says.UPSTREAM_DOWN}
    ):
        return RuledOut("the refusal is not one that the proxy writes for a subrequest")
    fact = Fact(f"{evidence.proxy} itself answers {evidence.status}", "the answer")
    if other := next((name for name in ("without-token", "broken-token") if evidence.moves(name)), ""):
        judged = Fact("another token, or none, changes it: a service judged the token", f"experiment {other}")
        return Supported(Certainty.LIKELY, (fact, judged))
    if evidence.status != 401:
        return Supported(Certainty.POSSIBLE, (fact,))
    asks = Fact("it asks for no Basic credentials", "the answer's head")
    # Others have rules and filters that write a 401 without asking anybody.
    return Supported(Certainty.LIKELY if evidence.proxy == "nginx" else Certainty.POSSIBLE, (fact, asks))


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    asking = hop.asking
    if asking is None:
        return None if hop.undecided else RuledOut("no auth_request of this configuration is in force here")
    if hop.answered is not None or evidence.status not in {401, 403, 500}:
        return None
    note = "has another service asked first, and nothing else here would refuse"
    line = hop.service.handler if hop.service else None
    said = evidence.soundings.said(hop.service_places).as_it_is
    if said is not None and after_subrequest(said) != evidence.status:
        return cleared_by(asking, f"{hop.service_name} says {said} to what nginx asks it")
    asks = "asks it" if said is None else f"asks it; asked so from this machine, it says {said}"
    given = _given(evidence, hop, said)
    if hop.misdirected:
        cure = hop.cure("proxy-subrequest-refused")
        return blame((asking, note), (line, asks), cure=cure, given=given)
    if said is not None and said not in {401, 403} and said < 500:
        return blame((asking, note), (line, asks), given=given, remedy=_unserved(hop, said))
    applies = Hop.AUTH if given.state is State.ANSWERS and given.status < 500 else Hop.SERVER
    remedy = outside(given, hop.service_name or asking.arguments[0], applies)
    return blame((asking, note), (line, asks), given=given, remedy=remedy)


def _unserved(hop: "Configured", said: int) -> Remedy:
    """Return what to do about a service that gives no answer which nginx takes for one: the path is the first suspect."""
    from ws101.nginx.subrequest import subrequest  # whoever has a configuration has loaded what it needs

    asked, line = subrequest(hop.route), hop.service.handler if hop.service else None
    where = f" ({line.place})" if line else ""
    return Remedy(
        f"{hop.service_name} is asked for `{asked.path if asked else ''}` and says {said}, where nginx takes 2xx, 401 and 403 alone for an "
        f"answer: name the path at which the service judges{where}, or have it answer there.",
        Hop.PROXY,
    )


def _given(evidence: Evidence, hop: "Configured", said: int | None) -> Circumstance:
    """Return what the service does: what it says from here, else what the refusal makes likely."""
    if evidence.status == 500 and evidence.soundings.refused(hop.service_places):
        return Circumstance(State.DOWN, asked=True)
    answers = Circumstance(
        State.ANSWERS, asked=True, status=said or evidence.status or 0, supposed=said is None
    )
    if not hop.misdirected:
        return answers
    mended = evidence.soundings.said(hop.service_places).mended
    return replace(
        answers, unless=hop.misdirected, supposed=mended is None or after_subrequest(mended) is not None
    )


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.SUBREQUEST):
        return heard
    if out := hearing.beyond_proxy(story) or hearing.another_reason(story, Says.SUBREQUEST):
        return out
    if named := next(iter(hearing.saying(story, Says.ADDRESS, Says.BASIC, hops=way.BETWEEN)), None):
        return RuledOut(f"{hearing.who(named)} gives another reason: {named.says.value} ({named.place})")
    entry = way.perhaps_own(story)
    if entry is None or entry.status not in {401, 403, 500}:
        return hearing.refused_otherwise(story, 401, 403, 500)
    return hearing.supported(hearing.answered(entry), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="proxy-subrequest-refused",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Ask the authentication service itself; keep Upgrade out of the subrequest.", Hop.PROXY, patch=PATCH
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
