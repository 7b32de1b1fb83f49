"""The certificate is good, and the client's system does not know its authority."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "authority-unknown",
    Hop.TLS,
    __doc__,
    lambda stack: stack.asking(trusts=""),
    front=Front.NGINX_TLS,
)
