"""The client speaks plain ws:// to a server that speaks TLS itself."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "plain-to-tls-server",
    Hop.TLS,
    __doc__,
    lambda stack: stack.serving(certificate="@{certificates}/good"),
    ("websockets", "uvicorn", "aiohttp"),
    front=Front.SERVER,
)
