"""The server behind nginx does not run."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "upstream-down",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(passing="proxy_pass http://127.0.0.1:@{refusing};"),
)
