"""nginx waits for a PROXY protocol line that nobody sends."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-protocol-expected",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(listen="127.0.0.1:@{front} proxy_protocol"),
)
