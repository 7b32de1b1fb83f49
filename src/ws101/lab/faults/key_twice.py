"""The client sends Sec-WebSocket-Key twice."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "key-twice",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(
        headers=("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    ),
    ("websockets", "uvicorn", "node-ws"),
)
