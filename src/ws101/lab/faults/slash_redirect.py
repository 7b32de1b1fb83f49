"""nginx redirects to the path with a slash, because its location ends with one."""

from ws101.lab.fault import Fault
from ws101.lab.upstreams.policy import SOCKET_PATH
from ws101.terms import Hop

FAULT = Fault(
    "slash-redirect",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.proxying(
        location=f"location {SOCKET_PATH}/",
        passing=f"proxy_pass http://127.0.0.1:@{{upstream}}{SOCKET_PATH};",
    ),
)
