"""Hypercorn: its own answers have no reason phrase and no body, and are told by the Server field alone."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import EMPTY, NO_BODY, server
from ws101.terms import Hop


def _own(says: Says, status: int) -> Signature:
    return Signature(
        name=f"hypercorn-{status}",
        software="hypercorn",
        hop=Hop.SERVER,
        says=says,
        source="observed: hypercorn 0.18.0",
        statuses=frozenset({status}),
        reason=EMPTY,
        headers=(server("hypercorn-"), NO_BODY),
    )


SIGNATURES = (
    # Every fault of the request, a version or a key that is missing as well as a broken line, is this one answer.
    _own(Says.MALFORMED, 400),
    _own(Says.FORBIDDEN, 403),
    _own(Says.HEADER_TOO_LARGE, 431),
    _own(Says.ERROR, 500),
)
