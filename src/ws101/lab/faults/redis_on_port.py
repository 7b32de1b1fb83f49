"""A database that answers each line listens on the port."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "redis-on-port",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.serving(scenario="redis"),
    ("raw",),
    front=Front.SERVER,
)
