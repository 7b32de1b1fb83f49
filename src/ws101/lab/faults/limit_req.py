"""nginx lets six requests a minute through, and one was just made."""

from msgspec.structs import replace

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "limit-req",
    Hop.PROXY,
    __doc__,
    lambda stack: replace(
        stack.proxying(
            http=f"{stack.proxies[0].http}\nlimit_req_zone $server_name zone=lab:1m rate=6r/m;"
        ).adding("limit_req zone=lab;"),
        before=("/open",),
    ),
)
