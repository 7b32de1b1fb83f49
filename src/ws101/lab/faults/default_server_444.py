"""No server_name fits the Host, and the default server closes without a byte."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

_DEFAULT = "server { listen 127.0.0.1:@{front} default_server; return 444; }"

FAULT = Fault(
    "default-server-444",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(server_name="www.test", servers=_DEFAULT),
)
