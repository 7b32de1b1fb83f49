"""The server accepts everyone, and closes on a bad token."""

from ws101.lab.fault import LIBRARIES, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "late-rejection",
    Hop.SERVER,
    __doc__,
    lambda stack: stack.serving(late=True).asking(token=Token(lifetime=-3600, starts_in=-7200)),
    LIBRARIES,
)
