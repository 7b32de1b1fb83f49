"""The client speaks TLS to a server that speaks none."""

from ws101.lab.fault import WITH_TIMERS, Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "tls-to-plain-server",
    Hop.TLS,
    __doc__,
    lambda stack: stack.asking(tls=True),
    (*WITH_TIMERS, "node-ws"),
    front=Front.SERVER,
)
