"""The client's path has a slash at its end that the server's has not."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "path-trailing-slash",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(path="/api/v1/timers/notifications/"),
    WITH_TIMERS,
)
