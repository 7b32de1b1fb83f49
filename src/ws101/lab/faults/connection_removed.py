"""The client sends no Connection."""

from ws101.lab.fault import WITH_TIMERS, Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "connection-removed",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Connection:",)),
    WITH_TIMERS,
    front=Front.SERVER,
)
