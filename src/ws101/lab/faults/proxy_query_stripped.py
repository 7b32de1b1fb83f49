"""nginx passes the path on and drops the query, in which the token is."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.upstreams.policy import SOCKET_PATH
from ws101.terms import Hop

FAULT = Fault(
    "proxy-query-stripped",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(passing="proxy_pass http://127.0.0.1:@{upstream}$uri;").asking(
        path=f"{SOCKET_PATH}?token=@{{token}}", token_by_flag=False
    ),
    WITH_TIMERS,
)
