"""The server demands a certificate of the client and refuses with a TLS alert."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "client-certificate-alert",
    Hop.TLS,
    __doc__,
    lambda stack: stack.serving(
        certificate="@{certificates}/good", client_authority="@{certificates}/root.pem"
    ).asking(tls=True),
    ("websockets", "aiohttp"),
    front=Front.SERVER,
)
