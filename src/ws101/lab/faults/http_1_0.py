"""The client speaks HTTP/1.0."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "http-1.0",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(arguments=("--http1.0",)),
    ("websockets",),
    front=Front.SERVER,
)
