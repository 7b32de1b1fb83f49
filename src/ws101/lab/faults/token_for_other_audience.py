"""The token is for another service."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import AUDIENCE, Token
from ws101.terms import Hop

FAULT = Fault(
    "token-for-other-audience",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(audience="other-service"), arguments=("--audience", AUDIENCE)),
    WITH_TIMERS,
)
