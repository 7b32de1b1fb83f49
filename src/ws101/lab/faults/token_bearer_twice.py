"""The client says Bearer twice."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "token-bearer-twice",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token_by_flag=False, headers=("Authorization: Bearer Bearer @{token}",)),
    WITH_TIMERS,
)
