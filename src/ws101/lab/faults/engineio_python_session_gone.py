"""python-engineio is asked for a session that it does not know."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "engineio-python-session-gone",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.asking(path="/socket.io/?EIO=4&transport=websocket&sid=gone"),
    ("engineio",),
)
