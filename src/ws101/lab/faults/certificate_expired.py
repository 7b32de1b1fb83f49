"""nginx sends a certificate whose time is over."""

from ws101.lab.fault import Fault, Front
from ws101.lab.stack import TLS_LINES
from ws101.terms import Hop

FAULT = Fault(
    "certificate-expired",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(tls=TLS_LINES.replace("good", "expired")),
    front=Front.NGINX_TLS,
)
