"""nginx speaks plain HTTP to a server that speaks TLS."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "http-to-tls-upstream",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.serving(certificate="@{certificates}/good"),
    WITH_TIMERS,
)
