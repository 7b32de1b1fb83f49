"""The server knows only other names than the one that it is asked by."""

from ws101.lab.fault import LIBRARIES, Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "server-rejects-host",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(hosts=("intern.test",)),
    LIBRARIES,
    front=Front.SERVER,
)
