"""Experiments on the Host field, and the malformed one that makes the first hop show who it is."""

from collections.abc import Callable
from dataclasses import replace

from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.report import Family


def own_host(target_host: str, port: int, *, tls: bool) -> str:
    """Return the Host field for an address (RFC 9110, 7.2): the port only where it is not the scheme's own."""
    name = f"[{target_host}]" if ":" in target_host else target_host
    return name if port == (443 if tls else 80) else f"{name}:{port}"


def named(choose: Callable[[Sending, Evidence], str]) -> Callable[[Sending, Evidence], Sending | None]:
    """Return the change that puts the chosen value into Host, or nothing if it stands there already."""

    def change(sending: Sending, evidence: Evidence) -> Sending | None:
        host = choose(sending, evidence)
        if not host or sending.request.headers.get_all("host") == (host,):
            return None
        return sending.asking(sending.request.with_headers(sending.request.headers.replaced("Host", host)))

    return change


def _of_url(sending: Sending, _: Evidence) -> str:
    return own_host(sending.host, sending.port, tls=sending.tls is not None)


def _without_port(sending: Sending, _: Evidence) -> str:
    host = sending.request.headers.get("host")
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _of_certificate(sending: Sending, evidence: Evidence) -> str:
    """The first name of the certificate that was served, when the one that was asked for is not among them."""
    leaf = evidence.look.chain[0] if evidence.look and evidence.look.chain else None
    if leaf is None or sending.host in leaf.names:
        return ""
    return next(
        (name for name in leaf.names if "." in name and "*" not in name and not name[-1].isdigit()), ""
    )


def without_host(sending: Sending, _: Evidence) -> Sending | None:
    return sending.asking(sending.request.with_headers(sending.request.headers.without("Host")))


def host_twice(sending: Sending, _: Evidence) -> Sending | None:
    headers = sending.request.headers
    return sending.asking(sending.request.with_headers(headers.added(("Host", headers.get("host")))))


URL_HOST = Experiment("host-of-url", Family.REPAIR, "with the URL's own host in Host", named(_of_url))
HOST_WITHOUT_PORT = Experiment(
    "host-without-port", Family.REPAIR, "with Host without its port", named(_without_port)
)
CERTIFICATE_HOST = Experiment(
    "host-of-certificate", Family.REPAIR, "with the certificate's name in Host", named(_of_certificate)
)
MALFORMED_HOST = Experiment(
    "malformed-host",
    Family.DAMAGE,
    "with a malformed Host, to see who answers first",
    named(lambda *_: "ws101 malformed/host"),
)
FOREIGN_HOST = Experiment(
    "foreign-host", Family.DAMAGE, "with another site's Host", named(lambda *_: "ws101-other.invalid")
)
HOST_WITHOUT_PORT_DAMAGE = replace(HOST_WITHOUT_PORT, family=Family.DAMAGE)
WITHOUT_HOST = Experiment("without-host", Family.DAMAGE, "without Host", without_host)
HOST_TWICE = Experiment("host-twice", Family.DAMAGE, "with Host twice", host_twice)
