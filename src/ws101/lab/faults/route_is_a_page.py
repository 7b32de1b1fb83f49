"""What is served at the path is a page and no socket."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.terms import Hop

FAULT = Fault(
    "route-is-a-page",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.asking(path="/plain"),
    LIBRARIES,
)
