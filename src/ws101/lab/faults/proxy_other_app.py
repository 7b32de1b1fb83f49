"""The path is routed to another app, which has no such path."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-other-app",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(
        locations="location /api/ { proxy_pass http://127.0.0.1:@{app:wsgi}/v2/; }"
    ).asking(direct=True),
)
