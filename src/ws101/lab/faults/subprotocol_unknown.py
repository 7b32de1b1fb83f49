"""The client offers only a subprotocol that the server does not speak."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "subprotocol-unknown",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.serving(subprotocols=("v1.timers",)).asking(arguments=("--subprotocol", "chat")),
    WITH_TIMERS,
)
