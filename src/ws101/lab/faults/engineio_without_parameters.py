"""Engine.IO (Node) is asked without its transport parameter."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "engineio-without-parameters",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(scenario="engineio").asking(path="/socket.io/"),
    ("raw",),
)
