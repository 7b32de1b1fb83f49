"""The client's path is misspelt."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.report import Hop

FAULT = Fault(
    "path-misspelt",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(path="/api/v1/timers/notification"),
    (*LIBRARIES, "node-ws"),
)
