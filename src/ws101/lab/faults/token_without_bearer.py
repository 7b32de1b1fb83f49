"""The client sends the bare token, without the word Bearer."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "token-without-bearer",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token_by_flag=False, headers=("Authorization: @{token}",)),
    WITH_TIMERS,
)
