"""nginx sends a certificate for another host."""

from ws101.lab.fault import Fault, Front
from ws101.lab.stack import TLS_LINES
from ws101.terms import Hop

FAULT = Fault(
    "certificate-wrong-name",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(tls=TLS_LINES.replace("good", "wrong-name")),
    front=Front.NGINX_TLS,
)
