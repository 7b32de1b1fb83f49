"""The client sends no token."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "token-absent",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=None),
    (*WITH_TIMERS, "uvicorn-401", "node-ws"),
)
