"""The server behind nginx takes the request and never answers."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "upstream-silent",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(passing="proxy_pass http://127.0.0.1:@{raw:silent};").adding(
        "proxy_read_timeout 1s;"
    ),
)
