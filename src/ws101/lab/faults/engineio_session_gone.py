"""Engine.IO (Node) is asked for a session that it does not know."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "engineio-session-gone",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(scenario="engineio").asking(
        path="/socket.io/?EIO=4&transport=websocket&sid=gone"
    ),
    ("raw",),
)
