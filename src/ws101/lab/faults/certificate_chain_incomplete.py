"""nginx sends a certificate without the intermediate that signed it."""

from ws101.lab.fault import Fault, Front
from ws101.lab.stack import TLS_LINES
from ws101.terms import Hop

FAULT = Fault(
    "certificate-chain-incomplete",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(tls=TLS_LINES.replace("good", "chain-incomplete")),
    front=Front.NGINX_TLS,
)
