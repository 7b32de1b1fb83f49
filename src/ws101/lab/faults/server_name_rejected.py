"""nginx refuses every TLS server name that it does not serve."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "server-name-rejected",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(
        server_name="other.test",
        servers="server { listen 127.0.0.1:@{front} ssl default_server; ssl_reject_handshake on; }",
    ),
    front=Front.NGINX_TLS,
)
