"""The 101 arrives without its Upgrade field."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "answer-without-upgrade",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.serving(scenario="no-upgrade"),
    ("raw",),
    front=Front.SERVER,
)
