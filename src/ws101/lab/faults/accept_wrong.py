"""Sec-WebSocket-Accept does not fit the key."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "accept-wrong",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(scenario="wrong-accept"),
    ("raw",),
)
