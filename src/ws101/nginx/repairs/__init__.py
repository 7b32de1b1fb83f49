"""The table of repairs: which cause is mended by which function of a request's way."""

from collections.abc import Callable

from ws101.nginx.repair import Repair
from ws101.nginx.repairs import conditions, fields, gates, limits, order, passing, places, subrequest
from ws101.nginx.repairs.upgrade import upgrade
from ws101.nginx.route import Route

Mends = Callable[[Route], Repair | None]


def _upgrade(route: Route) -> Repair | None:
    """Leave a location alone that takes the request from one which is made for it and leads elsewhere."""
    return None if order.elsewhere(route) else upgrade(route)


# Each takes away what keeps this very request from its 101, as the model shows: in the order in which it meets them.
NEEDED: tuple[Mends, ...] = (
    limits.header_size,
    conditions.upgrade,
    order.location,
    _upgrade,
    fields.handshake_fields,
    fields.hidden,
    passing.slash,
    passing.query,
    gates.method,
    places.resolver,
    limits.short_silence,
)

# Beyond these a cause must have been found by other means: the model cannot tell whether the upstream minds.
BY_CAUSE: dict[str, Mends] = {
    "idle-timeout": limits.silence,
    "proxy-asks-own-credentials": gates.password,
    "proxy-default-server": order.server_name,
    "proxy-denies-address": gates.address,
    "proxy-drops-upgrade-headers": upgrade,
    "proxy-forwarded-proto-wrong": fields.forwarded_proto,
    "proxy-garbles-upgrade-headers": lambda route: upgrade(route) or fields.handshake_fields(route),
    "proxy-header-inheritance-lost": upgrade,
    "proxy-limits-rate": gates.rates,
    "proxy-protocol-mismatch": limits.proxy_protocol,
    "proxy-restricts-method": gates.method,
    "proxy-rewrites-host": fields.host,
    "proxy-rewrites-path": passing.path,
    "proxy-routes-elsewhere": lambda route: conditions.upgrade(route) or order.location(route),
    "proxy-serves-fallback-page": places.fallback,
    "proxy-speaks-http-1.0": upgrade,
    "proxy-strips-authorization": fields.authorization,
    "proxy-strips-query": passing.query,
    "proxy-subrequest-refused": subrequest.fields,
    "request-header-too-large": limits.header_size,
    "server-rejects-host": fields.host_name,
    "upstream-name-unresolved": places.resolver,
    "upgrade-lost-on-the-way-back": fields.hidden,
    "upstream-scheme-mismatch": passing.scheme,
}


def repair(route: Route, cause: str) -> Repair | None:
    """Return what takes this cause away for this request; None where the configuration is not to blame for it."""
    return BY_CAUSE[cause](route) if cause in BY_CAUSE else None
