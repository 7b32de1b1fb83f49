"""Akamai: the page with which its edge refuses a client."""

from ws101.signature import Says, Signature
from ws101.terms import Hop

SIGNATURES = (
    Signature(
        "akamai-blocked",
        "akamai",
        Hop.CDN,
        Says.CDN_BLOCKED,
        "https://community.akamai.com/community/cloud-security/blog/2016/04/07/why-is-akamai-blocking-me",
        frozenset({403}),
        r"(?s)<TITLE>Access Denied</TITLE>.*Reference\s*(?:#|&#32;&#35;)[\w&#;.]+",
    ),
)
