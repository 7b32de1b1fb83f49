"""The token makes the request line longer than nginx takes."""

from ws101.lab.fault import Fault
from ws101.lab.token import Token
from ws101.lab.upstreams.policy import SOCKET_PATH
from ws101.terms import Hop

FAULT = Fault(
    "query-of-9-kilobytes",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.asking(
        token=Token(padding=9000), token_by_flag=False, path=f"{SOCKET_PATH}?token=@{{token}}"
    ),
)
