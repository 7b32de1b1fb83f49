"""The client comes from a file or a sandbox, whose Origin is null."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "origin-null",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.serving(origins=("https://app.test",)).asking(arguments=("--origin", "null")),
    WITH_TIMERS,
)
