"""A mail server listens on the port."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "smtp-on-port",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.serving(scenario="smtp"),
    ("raw",),
    front=Front.SERVER,
)
