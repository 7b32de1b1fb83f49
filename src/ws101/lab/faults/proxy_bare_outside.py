"""Of two nginx, the outer one has not a word about Upgrade."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.stack import Proxy
from ws101.terms import Hop

FAULT = Fault(
    "proxy-bare-outside",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.behind(Proxy()).proxying(upgrade=""),
    WITH_TIMERS,
)
