"""A program that speaks no text listens on the port."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "garbage-on-port",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.serving(scenario="garbage"),
    ("raw",),
    front=Front.SERVER,
)
