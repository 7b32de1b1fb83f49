"""Fastly: the text with which it answers for a host that it does not serve."""

from ws101.report import Hop
from ws101.signature import Says, Signature
from ws101.signatures.marks import holds

SIGNATURES = (
    Signature(
        "fastly-unknown-domain",
        "fastly",
        Hop.CDN,
        Says.HOST,
        "https://www.fastly.com/documentation/guides/full-site-delivery/domains-and-origins/common-503-errors/",
        frozenset({404, 500}),
        holds("Fastly error: unknown domain"),
    ),
)
