"""nginx sends a certificate that is valid from next month."""

from ws101.lab.fault import Fault, Front
from ws101.lab.stack import TLS_LINES
from ws101.terms import Hop

FAULT = Fault(
    "certificate-not-yet-valid",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(tls=TLS_LINES.replace("good", "not-yet-valid")),
    front=Front.NGINX_TLS,
)
