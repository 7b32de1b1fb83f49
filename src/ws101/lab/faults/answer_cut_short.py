"""The server breaks off in the middle of its 101."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "answer-cut-short",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.serving(scenario="half-head"),
    ("raw",),
)
