"""AWS Application Load Balancer: the pages that it writes itself, signed in the Server field."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import server
from ws101.terms import Hop

_SOURCE = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"
)


def _own(says: Says, title: str) -> Signature:
    status = int(title[:3])
    body = rf"<center><h1>{title}</h1></center>\s*</body>"
    return Signature(
        f"alb-{status}",
        "aws alb",
        Hop.PROXY,
        says,
        _SOURCE,
        frozenset({status}),
        body,
        headers=(server("awselb/"),),
    )


SIGNATURES = (
    _own(Says.MALFORMED, "400 Bad Request"),
    _own(Says.FORBIDDEN, "403 Forbidden"),
    _own(Says.UPSTREAM_DOWN, "502 Bad Gateway"),
    # It has no healthy target for this rule.
    _own(Says.UPSTREAM_DOWN, "503 Service Temporarily Unavailable"),
    _own(Says.UPSTREAM_TIMEOUT, "504 Gateway Time-out"),
)
