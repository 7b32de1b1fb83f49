"""The server has no WebSocket library, or cannot have one; no proxy stands before it."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "server-without-websocket-direct",
    Hop.SERVER,
    __doc__,
    lambda stack: stack,
    ("uvicorn-none", "wsgi"),
    front=Front.SERVER,
)
