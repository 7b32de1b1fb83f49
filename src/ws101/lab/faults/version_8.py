"""The client speaks version 8 of the draft protocol."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "version-8",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Sec-WebSocket-Version: 8",)),
    ("websockets", "uvicorn", "uvicorn-wsproto"),
)
