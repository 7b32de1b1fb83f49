"""The token is in the query, where the server does not look."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.upstreams.policy import SOCKET_PATH
from ws101.terms import Hop

FAULT = Fault(
    "token-in-query-unread",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.serving(token_in_query=False).asking(
        token_by_flag=False, path=f"{SOCKET_PATH}?token=@{{token}}"
    ),
    WITH_TIMERS,
)
