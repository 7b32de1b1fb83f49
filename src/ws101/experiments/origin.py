"""Experiments on the Origin field: none, the site's own, a foreign one."""

from collections.abc import Callable

from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.experiments.host import without_port
from ws101.terms import Family


def without_origin(sending: Sending, _: Evidence) -> Sending | None:
    headers = sending.request.headers
    if "origin" not in headers:
        return None
    return sending.asking(sending.request.with_headers(headers.without("Origin")))


def of_site(sending: Sending, _: Evidence) -> str:
    host = sending.request.headers.get("host")
    return f"{'https' if sending.tls else 'http'}://{host}" if host else ""


def with_origin(choose: Callable[[Sending, Evidence], str]) -> Callable[[Sending, Evidence], Sending | None]:
    """Return the change that sends the chosen Origin; none is chosen where there is none to choose."""

    def change(sending: Sending, evidence: Evidence) -> Sending | None:
        origin = choose(sending, evidence)
        if not origin or sending.request.headers.get_all("origin") == (origin,):
            return None
        return sending.asking(
            sending.request.with_headers(sending.request.headers.replaced("Origin", origin))
        )

    return change


def of_site_without_port(sending: Sending, _: Evidence) -> str:
    host = sending.request.headers.get("host")
    bare = without_port(host)
    return f"{'https' if sending.tls else 'http'}://{bare}" if bare != host else ""


WITHOUT_ORIGIN = Experiment("without-origin", Family.REPAIR, "without Origin", without_origin)
OWN_ORIGIN = Experiment("own-origin", Family.REPAIR, "with the site's own Origin", with_origin(of_site))
OWN_ORIGIN_WITHOUT_PORT = Experiment(
    "own-origin-without-port",
    Family.REPAIR,
    "with the site's own Origin, less its port",
    with_origin(of_site_without_port),
)
FOREIGN_ORIGIN = Experiment(
    "foreign-origin",
    Family.DAMAGE,
    "with a foreign Origin",
    with_origin(lambda *_: "https://ws101-other.invalid"),
)
NULL_ORIGIN = Experiment("null-origin", Family.DAMAGE, "with Origin: null", with_origin(lambda *_: "null"))
WITHOUT_ORIGIN_DAMAGE = Experiment("without-origin", Family.DAMAGE, "without Origin", without_origin)
