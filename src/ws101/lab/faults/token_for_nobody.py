"""The token is good, and its user does not exist."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-for-nobody",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(subject="999"), secret=True),
    WITH_TIMERS,
)
