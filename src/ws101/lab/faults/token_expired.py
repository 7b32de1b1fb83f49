"""The token ended an hour ago."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-expired",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(lifetime=-3600, starts_in=-7200)),
    (*WITH_TIMERS, "uvicorn-401", "node-ws"),
)
