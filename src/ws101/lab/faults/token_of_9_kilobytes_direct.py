"""The token is longer than the header line that the server takes."""

from ws101.lab.fault import Fault, Front
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-of-9-kilobytes-direct",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.asking(token=Token(padding=9000)),
    ("websockets", "aiohttp"),
    front=Front.SERVER,
)
