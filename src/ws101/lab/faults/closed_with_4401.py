"""The server accepts, and closes with 4401 at once."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.terms import Hop

FAULT = Fault(
    "closed-with-4401",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.asking(path="/late"),
    LIBRARIES,
)
