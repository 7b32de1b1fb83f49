"""The forward proxy that the client is told to use does not run."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "forward-proxy-down",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.asking(arguments=("--proxy", "http://127.0.0.1:@{refusing}")),
    front=Front.SERVER,
)
