"""The server demands a subprotocol and the client offers none."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "subprotocol-not-offered",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.serving(subprotocols=("v1.timers",)),
    ("websockets",),
)
