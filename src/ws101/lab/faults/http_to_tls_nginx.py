"""nginx speaks plain HTTP to the TLS port of a second nginx."""

from ws101.lab.fault import Fault
from ws101.lab.stack import TLS_LINES, Proxy
from ws101.terms import Hop

FAULT = Fault(
    "http-to-tls-nginx",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.behind(Proxy(listen="127.0.0.1:@{front} ssl", tls=TLS_LINES)),
)
