"""The client's path is in another case."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "path-upper-case",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(path="/API/v1/timers/notifications"),
    WITH_TIMERS,
)
