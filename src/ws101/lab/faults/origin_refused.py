"""The client's Origin is not on the server's list."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "origin-refused",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.serving(origins=("https://app.test",)).asking(
        arguments=("--origin", "https://elsewhere.test")
    ),
    (*WITH_TIMERS, "uvicorn-401", "node-ws"),
)
