"""Google Cloud's load balancer and front end: the pages that they write themselves."""

from ws101.signature import Says, Signature
from ws101.terms import Hop

_SOURCE = "https://cloud.google.com/load-balancing/docs/https/troubleshooting-ext-https-lbs"

SIGNATURES = (
    Signature(
        "google-502",
        "google load balancer",
        Hop.PROXY,
        Says.UPSTREAM_DOWN,
        _SOURCE,
        frozenset({502}),
        r"(?s)<title>502 Server Error</title>.*The server encountered a temporary error",
    ),
    Signature(
        "google-404",
        "google front end",
        Hop.PROXY,
        Says.NO_ROUTE,
        _SOURCE,
        frozenset({404}),
        r"<title>Error 404 \(Not Found\)!!1</title>",
    ),
)
