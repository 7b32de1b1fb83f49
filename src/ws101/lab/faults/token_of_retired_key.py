"""The token names a key that the server does not know any more."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-of-retired-key",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.serving(key_ids=("current",)).asking(token=Token(key_id="retired")),
    WITH_TIMERS,
)
