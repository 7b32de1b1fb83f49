"""nginx speaks TLS to a server that speaks none."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "https-to-plain-upstream",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(passing="proxy_pass https://127.0.0.1:@{upstream};"),
    WITH_TIMERS,
)
