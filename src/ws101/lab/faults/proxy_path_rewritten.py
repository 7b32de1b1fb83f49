"""proxy_pass has a URI, so nginx cuts the location's prefix off the path."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-path-rewritten",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(
        location="location /api/", passing="proxy_pass http://127.0.0.1:@{upstream}/;"
    ).asking(direct=True),
    WITH_TIMERS,
)
