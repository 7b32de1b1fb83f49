"""The peer takes the request and closes without a byte."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "peer-closes",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.serving(scenario="close"),
    ("raw",),
    front=Front.SERVER,
)
