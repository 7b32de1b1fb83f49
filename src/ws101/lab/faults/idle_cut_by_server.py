"""The server cuts a socket that is silent for a second."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "idle-cut-by-server",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(scenario="idle", idle_seconds=1.0).asking(arguments=("--hold", "3")),
    ("raw",),
    front=Front.SERVER,
)
