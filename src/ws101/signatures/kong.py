"""Kong Gateway: the JSON with which it answers itself."""

from ws101.signature import Says, Signature
from ws101.terms import Hop

_SOURCE = "https://github.com/Kong/kong/blob/master/kong/runloop/handler.lua"

SIGNATURES = (
    Signature(
        "kong-no-route",
        "kong",
        Hop.PROXY,
        Says.NO_ROUTE,
        _SOURCE,
        frozenset({404}),
        r'"message":\s*"no Route matched with those values"',
    ),
)
