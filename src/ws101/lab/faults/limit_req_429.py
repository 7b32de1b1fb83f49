"""nginx lets six requests a minute through, and answers 429 to more."""

from msgspec.structs import replace

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "limit-req-429",
    Hop.PROXY,
    __doc__,
    lambda stack: replace(
        stack.proxying(
            http=f"{stack.proxies[0].http}\nlimit_req_zone $server_name zone=lab:1m rate=6r/m;"
        ).adding("limit_req zone=lab; limit_req_status 429;"),
        before=("/open",),
    ),
)
