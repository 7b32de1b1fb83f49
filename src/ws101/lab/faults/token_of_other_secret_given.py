"""The token was signed with another secret than the server's, which is at hand."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-of-other-secret-given",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(secret="another-secret-of-sufficient-length-0123"), secret=True),
    WITH_TIMERS,
)
