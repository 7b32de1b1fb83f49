"""The server has no room and says when to come again."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "server-overloaded",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(overloaded=True),
    (*WITH_TIMERS, "node-ws"),
)
