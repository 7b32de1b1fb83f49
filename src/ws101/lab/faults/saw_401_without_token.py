"""The stack is sound; the user's client forgets its token and reports 401."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "saw-401-without-token",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(saw=401).sending(token=None),
    ("websockets", "aiohttp"),
    works=True,
)
