"""The token is in a cookie, where the server does not look."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "token-in-cookie-unread",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token_by_flag=False, headers=("Cookie: token=@{token}",)),
    WITH_TIMERS,
)
