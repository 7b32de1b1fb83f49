"""The listener answers plain HTTP with a TLS alert."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "plain-to-alerting-port",
    Hop.TLS,
    __doc__,
    lambda stack: stack.serving(scenario="alert"),
    ("raw",),
    front=Front.SERVER,
)
