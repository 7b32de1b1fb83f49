"""The stack is sound; the user's client speaks plain ws:// and reports 400."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "saw-400-story",
    Hop.TLS,
    __doc__,
    lambda stack: stack.asking(saw=400).sending(tls=False),
    front=Front.NGINX_TLS,
    works=True,
)
