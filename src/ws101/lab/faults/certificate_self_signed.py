"""nginx sends a certificate that signed itself."""

from ws101.lab.fault import Fault, Front
from ws101.lab.stack import TLS_LINES
from ws101.terms import Hop

FAULT = Fault(
    "certificate-self-signed",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(tls=TLS_LINES.replace("good", "self-signed")).asking(trusts=""),
    front=Front.NGINX_TLS,
)
