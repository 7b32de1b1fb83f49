"""The client has no token yet and sends the word null."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "token-null",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=None, headers=("Authorization: Bearer null",)),
    WITH_TIMERS,
)
