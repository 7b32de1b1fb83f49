"""The server has no WebSocket library, or cannot have one."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "server-without-websocket",
    Hop.SERVER,
    __doc__,
    lambda stack: stack,
    ("uvicorn-none", "wsgi"),
)
