"""Azure Application Gateway: the pages that it writes itself."""

from ws101.signature import Says, Signature
from ws101.terms import Hop

_SOURCE = "https://learn.microsoft.com/en-us/azure/application-gateway/http-response-codes"


def _own(says: Says, status: int) -> Signature:
    body = (
        rf"(?s)<title>{status} [\w -]+</title>.*<center>Microsoft-Azure-Application-Gateway(?:/v\d)?</center>"
    )
    return Signature(
        f"azure-gateway-{status}",
        "azure application gateway",
        Hop.PROXY,
        says,
        _SOURCE,
        frozenset({status}),
        body,
    )


SIGNATURES = (
    _own(Says.FORBIDDEN, 403),
    _own(Says.UPSTREAM_DOWN, 502),
    _own(Says.UPSTREAM_TIMEOUT, 504),
)
