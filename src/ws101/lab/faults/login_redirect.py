"""The server sends whoever has no session to a login page."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "login-redirect",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.serving(scenario="login"),
    ("raw",),
    front=Front.SERVER,
)
