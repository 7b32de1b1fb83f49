"""A regex location takes the request from the one that has the upgrade lines."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.upstreams.policy import SOCKET_PATH
from ws101.terms import Hop

FAULT = Fault(
    "proxy-regex-location-wins",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(
        location=f"location {SOCKET_PATH}",
        locations="location ~ ^/api/ { proxy_pass http://127.0.0.1:@{upstream}; }",
    ),
    WITH_TIMERS,
)
