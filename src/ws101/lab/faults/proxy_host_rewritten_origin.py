"""nginx sends its upstream's name as Host, and the server compares Origin with it."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-host-rewritten-origin",
    Hop.PROXY,
    __doc__,
    lambda stack: (
        stack.proxying(headers="")
        .serving(same_origin=True)
        .asking(arguments=("--origin", "http://app.test:@{front}"))
    ),
    WITH_TIMERS,
)
