"""The client sends Authorization twice."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "authorization-twice",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(
        token_by_flag=False, headers=("Authorization: Bearer @{token}", "Authorization: Bearer @{token}")
    ),
)
