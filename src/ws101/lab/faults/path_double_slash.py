"""The client joins the base and the path with two slashes."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "path-double-slash",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(path="//api/v1/timers/notifications"),
    WITH_TIMERS,
)
