"""The request by which `auth_request` asks another service, as that service gets it; sends nothing."""

from ws101.handshake.request import Request
from ws101.nginx.route import Route, subroute
from ws101.nginx.simulate import Upstream, simulate


def subrequest(taken: Route) -> Request | None:
    """Return what the service is asked of a request on this way; None where none is, or a part of it cannot be known."""
    way = subroute(taken)
    sent = simulate(way) if way else None
    return sent.request if isinstance(sent, Upstream) else None
