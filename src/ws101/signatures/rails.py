"""Ruby on Rails: Action Cable answers a plain request, and an upgrade from an Origin not allowed, with one 404."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import PLAIN_TEXT, whole
from ws101.terms import Hop

SIGNATURES = (
    Signature(
        "actioncable-404",
        "action cable",
        Hop.SERVER,
        Says.NOT_A_HANDSHAKE,
        "https://github.com/rails/rails/blob/main/actioncable/lib/action_cable/connection/base.rb",
        frozenset({404}),
        whole("Page not found"),
        headers=(PLAIN_TEXT,),
    ),
)
