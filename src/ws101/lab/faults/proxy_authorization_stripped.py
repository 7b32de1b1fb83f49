"""nginx blanks Authorization."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-authorization-stripped",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.adding('proxy_set_header Authorization "";'),
    (*WITH_TIMERS, "uvicorn-401"),
)
