"""The client sends no Connection."""

from ws101.lab.fault import LIBRARIES, Fault, Front
from ws101.report import Hop

FAULT = Fault(
    "connection-removed",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Connection:",)),
    LIBRARIES,
    front=Front.SERVER,
)
