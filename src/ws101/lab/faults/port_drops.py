"""Every SYN to the port is dropped, as a firewall would."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "port-drops",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.asking(port="@{dropping}"),
    front=Front.SERVER,
)
