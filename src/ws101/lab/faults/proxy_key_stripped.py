"""nginx blanks Sec-WebSocket-Key."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-key-stripped",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.adding('proxy_set_header Sec-WebSocket-Key "";'),
    WITH_TIMERS,
)
