"""The server accepts, and closes with 1008 at once."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "closed-with-1008",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(scenario="close-1008"),
    ("raw",),
)
