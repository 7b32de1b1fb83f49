"""Without the right server name nginx sends another site's certificate."""

from ws101.lab.fault import Fault, Front
from ws101.lab.stack import TLS_LINES
from ws101.terms import Hop

_OTHER = TLS_LINES.replace("good", "wrong-name").replace("\n", " ")

FAULT = Fault(
    "server-name-of-other-site",
    Hop.TLS,
    __doc__,
    lambda stack: stack.proxying(
        servers=f"server {{ listen 127.0.0.1:@{{front}} ssl default_server; {_OTHER} return 404; }}"
    ).asking(host="api.test"),
    front=Front.NGINX_TLS,
)
