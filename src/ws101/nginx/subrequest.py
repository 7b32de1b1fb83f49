"""The request by which `auth_request` asks another service, as that service gets it; sends nothing."""

from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.nginx.route import Route, subroute
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.value import Unknown


def subrequest(taken: Route) -> Request | None:
    """Return what the service is asked of a request on this way; None where none is, or a part of it cannot be known."""
    way = subroute(taken)
    sent = simulate(way) if way else None
    if not isinstance(sent, Upstream) or isinstance(sent.target, Unknown) or isinstance(sent.method, Unknown):
        return None
    fields = [(one.name, one.value) for one in sent.fields if isinstance(one.value, str)]
    known = len(fields) == len(sent.fields)
    return Request(sent.target, Headers.of(fields), sent.method, sent.protocol) if known else None
