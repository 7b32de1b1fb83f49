"""The location has not a word about Upgrade, and the server's own address is known."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-bare-direct-given",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(upgrade="").asking(direct=True),
    (*WITH_TIMERS, "node-ws"),
)
