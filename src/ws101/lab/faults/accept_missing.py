"""The 101 has no Sec-WebSocket-Accept."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "accept-missing",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(scenario="no-accept"),
    ("raw",),
)
