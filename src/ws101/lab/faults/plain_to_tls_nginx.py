"""The client speaks plain ws:// to nginx's TLS port."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "plain-to-tls-nginx",
    Hop.TLS,
    __doc__,
    lambda stack: stack.asking(tls=False),
    front=Front.NGINX_TLS,
)
