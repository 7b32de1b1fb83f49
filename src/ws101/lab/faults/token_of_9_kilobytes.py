"""The token is longer than the header line that nginx takes."""

from ws101.lab.fault import Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-of-9-kilobytes",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.asking(token=Token(padding=9000)),
)
