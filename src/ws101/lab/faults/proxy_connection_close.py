"""nginx passes Upgrade on, and says Connection: close."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

_LINES = (
    "proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection close;\n"
)

FAULT = Fault(
    "proxy-connection-close",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(upgrade=_LINES),
    WITH_TIMERS,
)
