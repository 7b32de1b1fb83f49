"""The client says Connection: keep-alive, and no upgrade."""

from ws101.lab.fault import LIBRARIES, Fault, Front
from ws101.report import Hop

FAULT = Fault(
    "connection-keep-alive",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Connection: keep-alive",)),
    (*LIBRARIES, "node-ws"),
    front=Front.SERVER,
)
