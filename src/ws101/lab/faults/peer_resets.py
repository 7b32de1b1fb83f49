"""The peer takes the request and resets the connection."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "peer-resets",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.serving(scenario="reset"),
    ("raw",),
    front=Front.SERVER,
)
