"""The location has proxy_pass and not a word about Upgrade."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-bare",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(upgrade=""),
    (*WITH_TIMERS, "node-ws"),
)
