"""The client and nginx agree on HTTP/2, which has no Upgrade."""

from ws101.lab.fault import WITH_TIMERS, Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "http-2",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.proxying(listen="127.0.0.1:@{front} ssl http2").asking(arguments=("--http2",)),
    WITH_TIMERS,
    front=Front.NGINX_TLS,
)
