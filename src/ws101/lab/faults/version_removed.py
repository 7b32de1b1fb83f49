"""The client names no protocol version."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "version-removed",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Sec-WebSocket-Version:",)),
    (*WITH_TIMERS, "node-ws"),
)
