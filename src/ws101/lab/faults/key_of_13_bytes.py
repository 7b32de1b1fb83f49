"""The client copied a Sec-WebSocket-Key of 13 bytes from a guide."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "key-of-13-bytes",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Sec-WebSocket-Key: SGVsbG8sIHdvcmxkIQ==",)),
    (*WITH_TIMERS, "node-ws"),
)
