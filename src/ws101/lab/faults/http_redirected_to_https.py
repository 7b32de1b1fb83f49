"""The client asks on the plain port, which only redirects to https."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "http-redirected-to-https",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.proxying(
        servers="server { listen 127.0.0.1:@{listen_1}; return 301 https://app.test:@{front}$request_uri; }"
    ).asking(tls=False, port="@{listen_1}"),
    front=Front.NGINX_TLS,
)
