"""The client names no protocol version."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.report import Hop

FAULT = Fault(
    "version-removed",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Sec-WebSocket-Version:",)),
    (*LIBRARIES, "node-ws"),
)
