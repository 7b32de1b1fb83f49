"""The map behind $connection_upgrade says close, whatever is asked."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-map-always-close",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(http="map $http_upgrade $connection_upgrade { default close; '' close; }"),
    WITH_TIMERS,
)
