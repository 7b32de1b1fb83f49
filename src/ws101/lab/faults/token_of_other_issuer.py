"""The token comes from another issuer."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import ISSUER, Token
from ws101.terms import Hop

FAULT = Fault(
    "token-of-other-issuer",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.asking(token=Token(issuer="other-issuer"), arguments=("--issuer", ISSUER)),
    WITH_TIMERS,
)
