"""Of two nginx, the inner one has not a word about Upgrade."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.stack import Proxy
from ws101.terms import Hop

FAULT = Fault(
    "proxy-bare-inside",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.behind(Proxy(upgrade="")),
    WITH_TIMERS,
)
