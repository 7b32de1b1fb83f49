"""The client sends no Upgrade, straight to the server."""

from ws101.lab.fault import LIBRARIES, Fault, Front
from ws101.report import Hop

FAULT = Fault(
    "upgrade-removed-direct",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Upgrade:",)),
    (*LIBRARIES, "node-ws"),
    front=Front.SERVER,
)
