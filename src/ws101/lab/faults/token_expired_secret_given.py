"""The token ended an hour ago, and the secret is at hand."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-expired-secret-given",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(lifetime=-3600, starts_in=-7200), secret=True),
    WITH_TIMERS,
)
