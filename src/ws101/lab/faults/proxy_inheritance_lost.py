"""The server's proxy_set_header lines are lost, because the location has one of its own."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-inheritance-lost",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(
        server=stack.proxies[0].upgrade, upgrade="", headers="proxy_set_header X-Real-IP $remote_addr;"
    ),
    WITH_TIMERS,
)
