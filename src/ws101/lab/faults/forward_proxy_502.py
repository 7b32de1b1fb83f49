"""The forward proxy cannot reach the host and answers 502 to CONNECT."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "forward-proxy-502",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.asking(arguments=("--proxy", "http://127.0.0.1:@{connect:502}")),
    front=Front.SERVER,
)
