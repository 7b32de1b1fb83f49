"""nginx denies the client's address."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "deny-all",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.adding("deny all;"),
)
