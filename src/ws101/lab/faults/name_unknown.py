"""The host's name resolves to nothing."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "name-unknown",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.asking(host="no-such-host.invalid", addresses=()),
    front=Front.SERVER,
)
