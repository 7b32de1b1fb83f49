"""nginx demands a certificate of the client, which has none."""

from ws101.lab.fault import Fault, Front
from ws101.lab.stack import TLS_LINES
from ws101.terms import Hop

FAULT = Fault(
    "client-certificate-missing",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(
        tls=f"{TLS_LINES}ssl_verify_client on;\nssl_client_certificate @{{certificates}}/root.pem;\n"
    ),
    front=Front.NGINX_TLS,
)
