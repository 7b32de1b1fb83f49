"""nginx asks on the wrong port, and the server's own address is known."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "upstream-down-direct-given",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(passing="proxy_pass http://127.0.0.1:@{refusing};").asking(direct=True),
)
