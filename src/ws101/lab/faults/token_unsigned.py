"""The token says alg: none."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-unsigned",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(algorithm="none")),
    WITH_TIMERS,
)
