"""The Host header does not name the site that is meant

## What happens
Proxies choose the site by `Host`; one that fits none gets the catch-all's answer: `404`, `421`, another site's page, or
a closed connection (nginx's 444). Frameworks with a list of allowed hosts answer `400`. Without any `Host`, HTTP/1.1
servers refuse with `400` (RFC 9112, 3.2).

## Why
The client connects by an address or an internal name and sends that as `Host`; or a header that was set by hand stayed
when the URL changed; or a blank or a scheme slipped into the value.

## How we know
The `Host` that was sent is not the URL's; and the same request with the URL's own host, without the port, or with the
name in the certificate, is answered as a handshake.
In logs the Host that arrived is compared with the host that the client means.

## What to do
Put the site's name into the URL and let the client write `Host` itself. To reach a certain address by that name, use
`--resolve NAME:PORT:ADDRESS` and not a changed header.
"""

from ws101 import hearing
from ws101.attempt import Sending
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, flip_fact, gets_in, judge_damage, passes, request_breaches
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

OF_URL, WITHOUT_PORT, OF_CERTIFICATE = "host-of-url", "host-without-port", "host-of-certificate"


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "foreign-host", "host-without-port", "without-host")
    if evidence.works:
        return RuledOut("the handshake works")
    sending = evidence.baseline.sending if evidence.baseline else evidence.sending
    hosts, own = sending.request.headers.get_all("host"), _of_url(evidence, sending)
    if len(hosts) > 1 and passes(evidence, "each-field-once"):
        return RuledOut("it is enough to send Host once", "each-field-once")
    is_own = len(hosts) == 1 and _without_default_port(hosts[0], sending) == own
    flip = _flip(evidence, is_own=is_own)
    facts = (
        Fact(f"Host is {' and '.join(hosts) or 'missing'}; the URL's host is {own}", "the request as sent"),
    )
    if flip:
        right = evidence.attempts[flip].sending.request.headers.get("host")
        remedy = Remedy(
            f"Send Host: {right}, best by using that name in the URL.", Hop.CLIENT, patch=f"Host: {right}"
        )
        return Supported(evidence.by_flip, (*facts, flip_fact(evidence, flip)), remedy)
    if is_own:
        return RuledOut("Host is the URL's own")
    return _without_flip(evidence, facts)


def _flip(evidence: Evidence, *, is_own: bool) -> str:
    """Return the experiment on Host that got further, or nothing.

    Where the URL's own Host is refused for its port, the client is right and the server is not: no flip of this cause.
    """
    if request_breaches(evidence, "Host") and passes(evidence, OF_URL):
        return OF_URL
    names = (OF_CERTIFICATE,) if is_own else (OF_URL, WITHOUT_PORT, OF_CERTIFICATE)
    return next((name for name in names if gets_in(evidence, name)), "")


def _without_flip(evidence: Evidence, facts: tuple[Fact, ...]) -> Ruling:
    if evidence.same(OF_URL):
        return RuledOut("with the URL's own Host the answer is the same", OF_URL)
    if evidence.says is Says.HOST:
        return Supported(
            Certainty.LIKELY, (*facts, Fact(f"the refusal says: {evidence.says.value}", "the answer"))
        )
    if request_breaches(evidence, "Host") or evidence.status == 421:  # 421: RFC 9110, 15.5.20, misdirected
        return Supported(Certainty.POSSIBLE, facts)
    return Unknown("the name under which the site is served")


def _of_url(evidence: Evidence, sending: Sending) -> str:
    """The URL's own host, not the one that --connect-to has dialled in its place."""
    host = evidence.target.host
    name = f"[{host}]" if ":" in host else host.lower()
    return _without_default_port(f"{name}:{evidence.port_meant(sending)}", sending)


def _without_default_port(host: str, sending: Sending) -> str:
    return host.lower().removesuffix(":443" if sending.tls else ":80")


# ---- logs


_OF_A_HOST = (400, 403, 404, 421, 444)


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.HOST, hops=way.BETWEEN):
        return heard
    if out := hearing.not_sent(story):
        return out
    seen = hearing.outermost(story, hearing.host_of)
    meant = next((e for e in story.at(Hop.CLIENT) if e.host), None)
    if seen is None and meant is not None and (own := way.perhaps_own(story)) and own.status in {404, 421}:
        fact = hearing.cite(own, "which Host arrived is not logged")
        return hearing.supported(hearing.answered(own), fact, certainty=hearing.POSSIBLE, rare=True)
    if seen is None or meant is None:
        return None
    if hearing.host_of(seen) == meant.host.lower():
        return RuledOut(f"{hearing.who(seen)} saw the host that was meant ({seen.place})")
    facts = (
        hearing.cite(meant, f"the client means {meant.host}"),
        hearing.cite(seen, f"{hearing.who(seen)} saw the Host {hearing.host_of(seen)}"),
    )
    return (
        hearing.supported(*facts, certainty=hearing.POSSIBLE)
        if hearing.met_status(story, *_OF_A_HOST)
        else None
    )


CAUSE = Cause(
    slug="wrong-host-header",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Put the site's name into the URL and let the client write Host itself.", Hop.CLIENT),
    judge=judge,
    read=read,
)
