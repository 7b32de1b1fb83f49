"""Experiments on the Host field, and the malformed one that makes the first hop show who it is."""

from collections.abc import Callable

from msgspec.structs import replace

from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.handshake.target import own_host
from ws101.terms import Family

FOREIGN = "ws101-other.invalid"  # a name that no resolver knows (RFC 6761, 6.4)


def named(choose: Callable[[Sending, Evidence], str]) -> Callable[[Sending, Evidence], Sending | None]:
    """Return the change that puts the chosen value into Host, or nothing if it stands there already."""

    def change(sending: Sending, evidence: Evidence) -> Sending | None:
        host = choose(sending, evidence)
        if not host or sending.request.headers.get_all("host") == (host,):
            return None
        return sending.asking(sending.request.with_headers(sending.request.headers.replaced("Host", host)))

    return change


def without_port(host: str) -> str:
    """Return a Host field's value without its port; an IPv6 address keeps its brackets."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _of_url(sending: Sending, evidence: Evidence) -> str:
    return own_host(evidence.target.host, evidence.port_meant(sending), tls=sending.tls is not None)


def _of_certificate(_: Sending, evidence: Evidence) -> str:
    """The first name of the certificate that was served, when the one that was asked for is not among them."""
    leaf = evidence.look.chain[0] if evidence.look and evidence.look.chain else None
    if leaf is None or evidence.target.host in leaf.names:
        return ""
    return next(
        (name for name in leaf.names if "." in name and "*" not in name and not name[-1].isdigit()), ""
    )


def without_host(sending: Sending, _: Evidence) -> Sending | None:
    headers = sending.request.headers
    return (
        sending.asking(sending.request.with_headers(headers.without("Host"))) if "host" in headers else None
    )


def host_twice(sending: Sending, _: Evidence) -> Sending | None:
    headers = sending.request.headers
    if "host" not in headers:
        return None
    return sending.asking(sending.request.with_headers(headers.added(("Host", headers.get("host")))))


_MALFORMED = "ws101/malformed"  # a blank in it would make `new URL(…)`, on Node, throw and end the process
URL_HOST = Experiment("host-of-url", Family.REPAIR, "with the URL's own host in Host", named(_of_url))
HOST_WITHOUT_PORT = Experiment(
    "host-without-port",
    Family.REPAIR,
    "with Host without its port",
    named(lambda sending, _: without_port(sending.request.headers.get("host"))),
)
CERTIFICATE_HOST = Experiment(
    "host-of-certificate", Family.REPAIR, "with the certificate's name in Host", named(_of_certificate)
)
MALFORMED_HOST = Experiment(
    "malformed-host",
    Family.DAMAGE,
    "with a malformed Host, to see who answers first",
    named(lambda *_: _MALFORMED),
)
FOREIGN_HOST = Experiment(
    "foreign-host", Family.DAMAGE, "with another site's Host", named(lambda *_: FOREIGN)
)
HOST_WITHOUT_PORT_DAMAGE = replace(HOST_WITHOUT_PORT, family=Family.DAMAGE)
WITHOUT_HOST = Experiment("without-host", Family.DAMAGE, "without Host", without_host)
HOST_TWICE = Experiment("host-twice", Family.DAMAGE, "with Host twice", host_twice)
