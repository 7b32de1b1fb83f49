"""The client sends no Upgrade."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "upgrade-removed",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Upgrade:",)),
    (*WITH_TIMERS, "node-ws"),
)
