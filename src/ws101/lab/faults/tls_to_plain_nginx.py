"""The client speaks TLS to nginx's plain port."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "tls-to-plain-nginx",
    Hop.TLS,
    __doc__,
    lambda stack: stack.asking(tls=True),
)
