"""nginx speaks HTTP/1.0 to the server."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-http-1.0",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(upgrade=stack.proxies[0].upgrade.replace("1.1", "1.0")),
)
