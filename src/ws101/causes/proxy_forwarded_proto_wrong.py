"""The application believes that it is on http

## What happens
The handshake comes over TLS, and the application redirects it to https, to the very URL that was asked: for ever.

## Why
The proxy ends TLS and does not say so: X-Forwarded-Proto is missing, or says http, or is not trusted.

## How we know
The redirect names https, and points to where the handshake came from.
With the configuration (`--nginx-config`), the line is named.
In logs the server lists X-Forwarded-Proto, and answers a redirect to what came over TLS.

## What to do
`proxy_set_header X-Forwarded-Proto $scheme;`, and let the application trust it from this proxy.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.location import Location, resolve
from ws101.judging import CONFIGURATION, blame, cleared_by
from ws101.logs import way
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.baseline is None or evidence.answer is None:
        return Unknown("an HTTP answer")
    sending = evidence.baseline.sending
    if sending.tls is None:
        return RuledOut("the handshake is not over TLS")
    if evidence.status == 403:
        return Unknown(CONFIGURATION)
    if evidence.status not in {301, 302, 303, 307, 308}:
        return RuledOut("nothing redirects to https")
    asked = Location(
        tls=True,
        host=evidence.target.host,
        port=evidence.port_meant(sending),
        target=sending.request.target,
    )
    location = evidence.answer.headers.get("location")
    if not location.lower().startswith(("https:", "wss:")):
        return RuledOut("the redirect does not name https")
    there = resolve(asked, location)
    hosts = {asked.host.lower(), _name_in(sending.request.headers.get("host"))}
    if there is None or there.host not in hosts or there.target != asked.target:
        return RuledOut("the redirect points elsewhere")
    if there.port not in {asked.port, 443}:
        return RuledOut("the redirect points to another port")
    fact = Fact("the redirect points to the https URL that was asked", "the answer's Location")
    return Supported(Certainty.LIKELY, (fact,))


def _name_in(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.sent is None or evidence.baseline is None or evidence.baseline.sending.tls is None:
        return None
    seen = hop.sent.field("x-forwarded-proto")
    if seen == "https":
        return cleared_by(hop.sent.by, "this configuration tells the server that the client came over TLS")
    if seen is not None and not isinstance(seen, str):
        return None
    line = hop.set_by("x-forwarded-proto")
    said = (
        (line, f"tells the server that the client came over `{seen}`")
        if line
        else (hop.sent.by, "tells the server nothing of TLS: no line sets X-Forwarded-Proto")
    )
    return blame(said, cure=hop.cure("proxy-forwarded-proto-wrong"), joins=True)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.before_server(story):
        return out
    seen, known = way.telling(story, "X-Forwarded-Proto", *way.BEHIND), way.perhaps_of_server(story)
    if known is None:
        return None
    if seen is None:
        return _by_redirect(story, *known)
    told = way.field(seen, "X-Forwarded-Proto") or ""
    if told.lower() in {"https", "wss"}:
        return RuledOut(f"the server saw `X-Forwarded-Proto: {told}` ({seen.place})")
    tls = next((e for e in story.entries if e.scheme in {"https", "wss"}), None)
    if tls is None or known[1] not in {301, 302, 303, 307, 308, 403}:
        return None
    what = f"`X-Forwarded-Proto: {told}`" if told else "no X-Forwarded-Proto"
    facts = (hearing.cite(seen, f"the server saw {what}"), hearing.cite(tls, "and TLS was spoken in front"))
    sure = known[1] != 403 and tls.hop is not Hop.CLIENT
    certain = hearing.LIKELY if sure else hearing.POSSIBLE
    return hearing.supported(*facts, hearing.answered(*known), certainty=certain, behind="redirected")


def _by_redirect(story: Story, entry: Entry, status: int) -> Ruling | None:
    """Judge a redirect of what came over TLS, where nobody logs what the server was told of that."""
    tls = next((e for e in story.entries if e.scheme in {"https", "wss"}), None)
    if status not in {301, 302, 307, 308} or tls is None or not story.at(Hop.PROXY):
        return None
    facts = (hearing.answered(entry, status), hearing.cite(tls, "and TLS was meant"))
    return hearing.supported(*facts, certainty=hearing.POSSIBLE, behind="redirected")


CAUSE = Cause(
    slug="proxy-forwarded-proto-wrong",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Tell the application that the client came over TLS.",
        Hop.PROXY,
        patch="proxy_set_header X-Forwarded-Proto $scheme;",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
