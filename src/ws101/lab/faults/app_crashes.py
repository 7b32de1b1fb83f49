"""The app raises while it opens the socket."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.terms import Hop

FAULT = Fault(
    "app-crashes",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.asking(path="/crash"),
    LIBRARIES,
)
