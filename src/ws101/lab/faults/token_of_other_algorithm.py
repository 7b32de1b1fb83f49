"""The token is signed with HS512, and the server takes HS256."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-of-other-algorithm",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(algorithm="HS512"), secret=True),
    WITH_TIMERS,
)
