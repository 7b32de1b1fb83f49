"""The client sends no Upgrade, straight to the server."""

from ws101.lab.fault import WITH_TIMERS, Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "upgrade-removed-direct",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Upgrade:",)),
    (*WITH_TIMERS, "node-ws"),
    front=Front.SERVER,
)
