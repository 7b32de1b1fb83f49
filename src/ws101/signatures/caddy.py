"""Caddy: its own refusals have no body; it signs them with Server, and what it passes on with Via.

Left out are its empty 403 and 404: releases before Via was added sign a server's own empty answer just so.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import BASIC, NO_BODY, Mark, server
from ws101.terms import Hop


def _own(name: str, says: Says, statuses: frozenset[int], *headers: Mark) -> Signature:
    return Signature(
        name=f"caddy-{name}",
        software="caddy",
        hop=Hop.PROXY,
        says=says,
        source="observed: Caddy 2.11.7",
        statuses=statuses,
        headers=(server(r"caddy\Z"), NO_BODY, *headers),
        absent=("via", "content-type"),
    )


SIGNATURES = (
    _own("no-route", Says.NO_ROUTE, frozenset({200})),
    _own("basic", Says.BASIC, frozenset({401}), BASIC),
    _own("502", Says.UPSTREAM_DOWN, frozenset({502, 503})),
    _own("504", Says.UPSTREAM_TIMEOUT, frozenset({504})),
)
