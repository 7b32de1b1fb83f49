"""Akamai: the page with which its edge refuses a client."""

import re

from ws101.report import Hop
from ws101.signature import Says, Signature

SIGNATURES = (
    Signature(
        "akamai-blocked",
        "akamai",
        Hop.CDN,
        Says.CDN_BLOCKED,
        "https://techdocs.akamai.com/property-mgr/docs/customize-access-denied-resp",
        frozenset({403}),
        re.compile(r"<TITLE>Access Denied</TITLE>.*Reference\s*(?:#|&#32;&#35;)[\w&#;.]+", re.DOTALL),
    ),
)
