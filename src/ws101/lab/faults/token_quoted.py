"""The client puts quotes around the token."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "token-quoted",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token_by_flag=False, headers=('Authorization: Bearer "@{token}"',)),
    WITH_TIMERS,
)
