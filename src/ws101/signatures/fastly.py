"""Fastly: the text with which it answers for a host that it does not serve."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import holds
from ws101.terms import Hop

SIGNATURES = (
    Signature(
        "fastly-unknown-domain",
        "fastly",
        Hop.CDN,
        Says.HOST,
        "https://docs.fastly.com/en/guides/common-service-and-domain-errors",
        frozenset({404, 500}),
        holds("Fastly error: unknown domain"),
    ),
)
