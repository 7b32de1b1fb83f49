"""The client sends another site's Host, for which a default server answers 404."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

_DEFAULT = "server { listen 127.0.0.1:@{front} default_server; return 404; }"

FAULT = Fault(
    "host-of-other-site",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.proxying(servers=_DEFAULT).asking(headers=("Host: www.test",)),
)
