"""nginx answers every GET with 405."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "if-method-get",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.adding("if ($request_method = GET) { return 405; }"),
)
