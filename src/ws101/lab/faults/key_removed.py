"""The client sends no Sec-WebSocket-Key."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "key-removed",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Sec-WebSocket-Key:",)),
    (*WITH_TIMERS, "node-ws"),
)
