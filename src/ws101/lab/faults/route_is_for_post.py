"""What is served at the path is an API that takes POST."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "route-is-for-post",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(scenario="post-only"),
    ("raw",),
    front=Front.SERVER,
)
