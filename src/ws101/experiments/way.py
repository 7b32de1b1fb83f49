"""Experiments on the way: again, later, another address, around a proxy, with a PROXY line, over HTTP/2."""

from collections.abc import Callable

from msgspec.structs import replace

from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.terms import Family

PAUSE_SECONDS = 1.1  # a little over the second in which rate limits of whole requests per second count
LONGEST_PAUSE = 12.0  # seconds; a limit of six a minute takes ten
_AFTER_REFILL = 0.2  # seconds; nginx counts in milliseconds, and its clock may lag


def unchanged(sending: Sending, _: Evidence) -> Sending:
    return sending


def after_pause(sending: Sending, evidence: Evidence) -> Sending | None:
    """Wait until a limit that the configuration shows lets one more through, else as long as most limits take."""
    if evidence.status not in {429, 503}:
        return None
    waits = (hop.refill + _AFTER_REFILL for hop in evidence.config or () if hop.refill)
    return replace(sending, pause=max((PAUSE_SECONDS, *(one for one in waits if one < LONGEST_PAUSE))))


def without_forward_proxy(sending: Sending, _: Evidence) -> Sending | None:
    return replace(sending, forward_proxy=None) if sending.forward_proxy else None


def direct(sending: Sending, evidence: Evidence) -> Sending | None:
    """Return the same handshake straight to the server; the path of --direct counts where it names one."""
    there = evidence.direct
    if there is None:
        return None
    path = there.request.path if there.request.path != "/" else sending.request.path
    query = there.request.query or sending.request.query
    straight = replace(there, request=sending.request.with_target(f"{path}?{query}" if query else path))
    return None if straight == sending else straight


def direct_and(experiment: Experiment) -> Experiment:
    """Return the experiment that asks the server directly with this damage: does it answer as the proxy's way does?"""

    def change(sending: Sending, evidence: Evidence) -> Sending | None:
        there = direct(sending, evidence)
        return experiment.apply(there, evidence) if there else None

    return Experiment(
        f"direct-{experiment.name}", Family.DAMAGE, f"straight to the server, {experiment.change}", change
    )


def forwarded(sending: Sending, _: Evidence) -> Sending:
    headers = sending.request.headers.replaced(
        "X-Forwarded-For", "203.0.113.101"
    )  # an address for documents, RFC 5737
    return sending.asking(sending.request.with_headers(headers))


def without_query(sending: Sending, _: Evidence) -> Sending | None:
    return (
        sending.asking(sending.request.with_target(sending.request.path)) if sending.request.query else None
    )


def with_proxy_line(sending: Sending, _: Evidence) -> Sending | None:
    if sending.preamble or sending.forward_proxy:
        return None
    return replace(sending, preamble=b"PROXY TCP4 127.0.0.1 127.0.0.1 50000 443\r\n")


def over_http2(sending: Sending, evidence: Evidence) -> Sending | None:
    """Speak HTTP/2 to a server that is not known to refuse it: TLS showed which protocol it chooses (RFC 7301)."""
    chosen = evidence.look.session.alpn if evidence.look and evidence.look.session else "h2"
    return replace(sending, http2=True) if sending.tls and not sending.http2 and chosen == "h2" else None


def each_address(sending: Sending, evidence: Evidence) -> tuple[Experiment, ...]:
    """Return an experiment for each further address of the name, four at most."""
    if sending.address or evidence.names is None or sending.forward_proxy:
        return ()
    first = evidence.baseline.address if evidence.baseline else ""
    others = [dial.address for dial in evidence.dials if dial.connected and dial.address != first]
    return tuple(
        Experiment(f"address-{address}", Family.REPAIR, f"to {address}", _to(address))
        for address in others[:4]
    )


def _to(address: str) -> Callable[[Sending, Evidence], Sending]:
    return lambda sending, _: replace(sending, address=address)


REPEAT = Experiment("repeat", Family.REPAIR, "sent again, unchanged", unchanged)
AFTER_PAUSE = Experiment("after-pause", Family.REPAIR, "sent again after a pause", after_pause)
WITHOUT_PROXY = Experiment(
    "without-forward-proxy", Family.REPAIR, "without the forward proxy", without_forward_proxy
)
DIRECT = Experiment("direct", Family.REPAIR, "straight to the server (--direct)", direct)
PROXY_LINE = Experiment("proxy-line", Family.REPAIR, "with a PROXY protocol line before it", with_proxy_line)
FORWARDED = Experiment("forwarded", Family.DAMAGE, "with X-Forwarded-For", forwarded)
WITHOUT_QUERY = Experiment("without-query", Family.DAMAGE, "without the query", without_query)
HTTP_2 = Experiment("http-2", Family.DAMAGE, "over HTTP/2, which has no Upgrade", over_http2)
