"""nginx says http where the client came by https, and the app redirects for ever."""

from ws101.lab.fault import LIBRARIES, Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "proxy-proto-wrong",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(headers=stack.proxies[0].headers.replace("$scheme", "http")).serving(
        https_only=True
    ),
    LIBRARIES,
    front=Front.NGINX_TLS,
)
