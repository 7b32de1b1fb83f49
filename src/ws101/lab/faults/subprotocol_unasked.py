"""The server answers with a subprotocol that was not offered."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "subprotocol-unasked",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.serving(scenario="unasked-subprotocol"),
    ("raw",),
)
