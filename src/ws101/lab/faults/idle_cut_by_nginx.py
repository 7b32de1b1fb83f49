"""nginx cuts a socket that is silent for a second."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "idle-cut-by-nginx",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.adding("proxy_read_timeout 1s;").asking(arguments=("--hold", "3")),
    WITH_TIMERS,
)
