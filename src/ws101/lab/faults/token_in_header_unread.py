"""The token is in the header, and the server reads the query."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.terms import Hop

FAULT = Fault(
    "token-in-header-unread",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.serving(token_in_header=False),
    LIBRARIES,
)
