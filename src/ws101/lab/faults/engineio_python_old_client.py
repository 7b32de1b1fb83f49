"""python-engineio is asked in version 3 of its protocol."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "engineio-python-old-client",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.asking(path="/socket.io/?EIO=3&transport=websocket"),
    ("engineio",),
)
