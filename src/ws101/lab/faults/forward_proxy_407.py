"""The forward proxy demands a login and answers 407 to CONNECT."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "forward-proxy-407",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.asking(arguments=("--proxy", "http://127.0.0.1:@{connect:407}")),
    front=Front.SERVER,
)
