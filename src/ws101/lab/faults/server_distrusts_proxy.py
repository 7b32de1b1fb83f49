"""The server refuses what a proxy that it does not know has forwarded."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.terms import Hop

FAULT = Fault(
    "server-distrusts-proxy",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(proxies=("10.0.0.1",)).asking(direct=True),
    LIBRARIES,
)
