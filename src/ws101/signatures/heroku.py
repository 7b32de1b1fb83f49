"""Heroku's router: the pages that it puts before an application."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import holds
from ws101.terms import Hop

_SOURCE = "https://devcenter.heroku.com/articles/error-pages"

SIGNATURES = (
    Signature(
        "heroku-503",
        "heroku router",
        Hop.PROXY,
        Says.UPSTREAM_DOWN,
        _SOURCE,
        frozenset({503}),
        holds("herokucdn.com/error-pages/application-error.html"),
    ),
    Signature(
        "heroku-no-such-app",
        "heroku router",
        Hop.PROXY,
        Says.HOST,
        _SOURCE,
        frozenset({404}),
        holds("herokucdn.com/error-pages/no-such-app.html"),
    ),
)
