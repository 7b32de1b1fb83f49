"""nginx admits POST alone."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "limit-except",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.adding("limit_except POST { deny all; }"),
)
