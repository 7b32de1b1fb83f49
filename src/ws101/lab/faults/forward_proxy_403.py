"""The forward proxy forbids the host and answers 403 to CONNECT."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "forward-proxy-403",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.asking(arguments=("--proxy", "http://127.0.0.1:@{connect:403}")),
    front=Front.SERVER,
)
