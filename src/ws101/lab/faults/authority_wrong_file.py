"""The client trusts a file with another authority than the one that signed."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "authority-wrong-file",
    Hop.TLS,
    __doc__,
    lambda stack: stack.asking(trusts="other-root"),
    front=Front.NGINX_TLS,
)
