"""The server redirects, and WebSocket clients do not follow

## What happens
The answer is `301`, `302`, `303`, `307` or `308` with a `Location`. Browsers never follow a redirect of a handshake, and
RFC 6455, 4.1, leaves it to other clients; most report "expected 101 but was 301".

## Why
http is sent on to https, `/ws` to `/ws/` or back, a bare domain to `www.`, or a request without a session to a login
page. A browser's page load follows these without a word, so the URL looks right.

## How we know
The status and `Location` of the answer; and the same handshake at the place where the redirect points gets beyond it.
With the configuration (`--nginx-config`), the line is named that redirects.
In logs the status says so, and who answered it.

## What to do
Give the client the URL in which the redirects end, with `ws` for `http` and `wss` for `https`. A redirect to a login
page is a refusal for want of credentials: send them with the handshake.
"""

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.location import Location, resolve
from ws101.judging import as_configured, asks_for_damage, blame, flip_fact, judge_damage
from ws101.logs import way
from ws101.logs.story import Story
from ws101.nginx.outcome import Answered
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

TARGET = "redirect-target"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OF_A_HANDSHAKE = frozenset(
    {101, 400, 401, 403, 426}
)  # at the target something takes it for one, or asks who it is
_LOGIN = re.compile(r"log-?in|sign-?in|sso|oauth|auth/|/auth\b", re.IGNORECASE)


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return _judge_saw(evidence)
    answer, baseline = evidence.answer, evidence.baseline
    if answer is None or baseline is None:
        return Unknown("an HTTP answer")
    if answer.status not in _REDIRECTS or "location" not in answer.headers:
        return RuledOut("the handshake works" if evidence.works else "the answer is no redirect")
    sending = baseline.sending
    here = Location(sending.tls is not None, sending.host.lower(), sending.port, sending.request.target)
    there = resolve(here, answer.headers.get("location"))
    if there is None:
        seen = f"the answer is {answer.status}, with a Location at which no handshake can be sent"
        return Supported(Certainty.LIKELY, (Fact(seen, "the answer's Location"),))
    if there == here:
        seen = f"the answer is {answer.status}, and points to the very URL that was asked for"
        return Supported(Certainty.POSSIBLE, (Fact(seen, "the answer's Location"),), _OF_A_LOOP)
    pointed = Fact(f"the answer is {answer.status}, and points to {_shown(there)}", "the answer's Location")
    beyond = evidence.tried(TARGET)
    facts = (pointed, flip_fact(evidence, TARGET)) if beyond else (pointed,)
    if beyond is not None and beyond.status in _OF_A_HANDSHAKE:
        return Supported(evidence.by_flip, facts, _use(there))
    elsewhere = beyond is not None and there.target != here.target
    is_page = elsewhere or _LOGIN.search(there.target.partition("?")[0])
    return Supported(Certainty.LIKELY, facts, _TO_A_PAGE if is_page else _use(there))


def _judge_saw(evidence: Evidence) -> Ruling:
    if evidence.saw not in _REDIRECTS:
        return RuledOut(f"{evidence.saw} is no redirect")
    ruling = judge_damage(evidence, "plain-instead", "slash-toggled", "double-slash", "upper-case-path")
    if isinstance(ruling, Supported):
        return ruling
    seen = f"{evidence.saw} is a redirect, which our handshake to this URL does not meet: the client used another"
    return Supported(Certainty.POSSIBLE, (Fact(seen, "--saw"),))


def _shown(there: Location) -> str:
    """The URL without its query, which may hold a secret, and without the scheme's own port."""
    url = there.url.partition("?")[0]
    port = f":{there.port}"
    default = ":443" if there.tls else ":80"
    return url.replace(f"{port}/", "/", 1) if port == default else url


def _use(there: Location) -> Remedy:
    query = ", with the query of the Location" if "?" in there.target else ""
    return Remedy(f"Use {_shown(there)}{query}.", Hop.CLIENT)


_OF_A_LOOP = Remedy(
    "Find out for what the server takes this request, often plain http behind a proxy that ends TLS.",
    Hop.PROXY,
)
_TO_A_PAGE = Remedy(
    "Do not follow it: it leads to no WebSocket. Find out why the server redirects; if to a login, send the credentials.",
    Hop.CLIENT,
)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.answered is None or hop.answered.status not in _REDIRECTS or not as_configured(evidence, hop):
        return None
    where = hop.answered.location if isinstance(hop.answered, Answered) else ""
    to = f" to {where.partition('?')[0]}" if where else ""
    return blame((hop.gate, f"redirects{to}: {hop.answered.status}"))


# ---- logs


def read(evidence: Evidence, story: Story) -> Ruling | None:
    entry = hearing.met_status(story, 301, 302, 303, 307, 308)
    if entry is not None:
        facts = (hearing.answered(entry), *hearing.quotes(story, Says.REDIRECT))
        # Behind a proxy that speaks TLS, an app may redirect only because it was not told so.
        tls = way.meant_scheme(story) == "wss" and way.own_answer(story) is None and way.fronted(story)
        seen = evidence.baseline is not None  # then a record adds nothing to the answer itself
        certain = hearing.POSSIBLE if tls or seen else hearing.LIKELY
        return replace(
            hearing.supported(*facts, certainty=certain), named=False
        )  # why, a deeper reason may say
    return hearing.not_sent(story) or hearing.refused_otherwise(story)


CAUSE = Cause(
    slug="redirected",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Use the URL in which the redirects end, with ws for http and wss for https.", Hop.CLIENT),
    judge=judge,
    inspect=inspect,
    read=read,
)
