"""A header field of the client has a space before its colon."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "space-before-colon",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("X-Trace : 1",)),
)
