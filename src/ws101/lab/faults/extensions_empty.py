"""The client sends an empty Sec-WebSocket-Extensions."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "extensions-empty",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Sec-WebSocket-Extensions;",)),
    ("websockets", "uvicorn"),
)
