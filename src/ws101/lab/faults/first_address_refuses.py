"""The name has two addresses, and nobody listens on the first."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "first-address-refuses",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.asking(addresses=("[::1]", "127.0.0.1")),
    front=Front.SERVER,
)
