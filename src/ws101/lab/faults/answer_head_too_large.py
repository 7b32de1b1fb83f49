"""The server's 101 has a head that is too large for nginx's buffer."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "answer-head-too-large",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.serving(scenario="big-head").asking(direct=True),
    ("raw",),
)
