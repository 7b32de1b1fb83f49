"""The token names a key that the server does not know any more, and the server's key set is at hand."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "token-of-retired-key-given",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.serving(key_ids=("current",)).asking(
        token=Token(key_id="retired"), arguments=("--jwks", "@{key_set_file}")
    ),
    WITH_TIMERS,
)
