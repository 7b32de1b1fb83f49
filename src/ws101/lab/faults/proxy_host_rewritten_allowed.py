"""nginx sends its upstream's name as Host, and the server knows only its public one."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-host-rewritten-allowed",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(headers="").serving(hosts=("app.test",)),
    LIBRARIES,
)
