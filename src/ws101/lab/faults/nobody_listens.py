"""No program listens on the port."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "nobody-listens",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.asking(port="@{refusing}"),
    front=Front.SERVER,
)
