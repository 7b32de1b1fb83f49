"""An SSH server listens on the port."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "ssh-on-port",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.serving(scenario="ssh"),
    ("raw",),
    front=Front.SERVER,
)
