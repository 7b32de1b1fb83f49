"""lighttpd: the error pages that it writes itself."""

from ws101.signature import Says, Signature
from ws101.terms import Hop


def _own(says: Says, status: int) -> Signature:
    body = (
        r'(?s)\A<\?xml version="1\.0" encoding="iso-8859-1"\?>\s*<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1\.0 Transitional'
        rf".*<title>{status} [^<]*</title>\s*</head>\s*<body>\s*<h1>{status} "
    )
    return Signature(
        f"lighttpd-{status}",
        "lighttpd",
        Hop.PROXY,
        says,
        "observed: lighttpd 1.4.69",
        frozenset({status}),
        body,
    )


SIGNATURES = (
    _own(Says.MALFORMED, 400),
    _own(Says.FORBIDDEN, 403),
    _own(Says.NO_ROUTE, 404),
    _own(Says.HEADER_TOO_LARGE, 431),
    _own(Says.UPSTREAM_DOWN, 503),
)
