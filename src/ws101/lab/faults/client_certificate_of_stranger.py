"""The client's certificate was signed by an authority that nginx does not know."""

from ws101.lab.fault import Fault, Front
from ws101.lab.stack import TLS_LINES
from ws101.terms import Hop

FAULT = Fault(
    "client-certificate-of-stranger",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(
        tls=f"{TLS_LINES}ssl_verify_client on;\nssl_client_certificate @{{certificates}}/root.pem;\n"
    ).asking(arguments=("--cert", "@{certificates}/stranger.pem", "--key", "@{certificates}/stranger.key")),
    front=Front.NGINX_TLS,
)
