"""A database that greets first listens on the port."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "mysql-on-port",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.serving(scenario="mysql"),
    ("raw",),
    front=Front.SERVER,
)
