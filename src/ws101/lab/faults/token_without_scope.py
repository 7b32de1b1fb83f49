"""The token is good, and does not allow this socket."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-without-scope",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(scope="profile"), secret=True),
    LIBRARIES,
)
