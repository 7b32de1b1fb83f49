"""The client says Connection: keep-alive, and no upgrade."""

from ws101.lab.fault import WITH_TIMERS, Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "connection-keep-alive",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Connection: keep-alive",)),
    (*WITH_TIMERS, "node-ws"),
    front=Front.SERVER,
)
