"""The client sends Host twice."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "host-twice",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Host: app.test", "Host: other.test")),
)
