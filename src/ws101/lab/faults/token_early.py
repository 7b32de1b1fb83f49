"""The token is valid from an hour hence."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-early",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(lifetime=7200, starts_in=3600)),
    WITH_TIMERS,
)
