"""The server answers with an extension that was not offered."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "extension-unasked",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.serving(scenario="unasked-extension"),
    ("raw",),
)
