"""The client's path is misspelt."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "path-misspelt",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(path="/api/v1/timers/notification"),
    (*WITH_TIMERS, "node-ws"),
)
