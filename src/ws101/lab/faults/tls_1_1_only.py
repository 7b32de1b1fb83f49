"""nginx speaks TLS 1.1 and nothing newer."""

from ws101.lab.fault import Fault, Front
from ws101.lab.stack import TLS_LINES
from ws101.terms import Hop

FAULT = Fault(
    "tls-1.1-only",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(tls=f"{TLS_LINES}ssl_protocols TLSv1.1;\nssl_ciphers ALL:@SECLEVEL=0;\n"),
    front=Front.NGINX_TLS,
)
