"""nginx sends $host, which has no port, and the server compares Origin with it."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-host-without-port",
    Hop.PROXY,
    __doc__,
    lambda stack: (
        stack.proxying(headers="proxy_set_header Host $host;")
        .serving(same_origin=True)
        .asking(arguments=("--origin", "http://app.test:@{front}"))
    ),
    WITH_TIMERS,
)
