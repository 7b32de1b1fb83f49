"""Django's own pages, which plain requests alone can meet: Channels never passes an upgrade to them.

Without DEBUG its page for a Host that is not allowed names no reason; for a GET without a body hardly anything else
leads to it.
"""

from ws101.signature import Says, Signature
from ws101.terms import Hop

_SOURCE = "observed: Django 5.2.19 in gunicorn 27.0.1, daphne 4.2.3 and uvicorn 0.54.0"
_REST = "https://github.com/encode/django-rest-framework/blob/main/rest_framework/exceptions.py"


def _page(name: str, says: Says, status: int, title: str) -> Signature:
    body = rf'(?i)\A\s*<!doctype html>\n<html lang="en">\n<head>\n  <title>{title}</title>\n</head>\n<body>\n  <h1>'
    return Signature(f"django-{name}", "django", Hop.SERVER, says, _SOURCE, frozenset({status}), body)


def _debug(name: str, says: Says, status: int, title: str) -> Signature:
    body = (
        rf'(?s)<meta name="robots" content="NONE,NOARCHIVE">.*<title>{title}|<title>{title}.*"NONE,NOARCHIVE"'
    )
    return Signature(f"django-{name}", "django", Hop.SERVER, says, _SOURCE, frozenset({status}), body)


SIGNATURES = (
    _page("400", Says.HOST, 400, r"Bad Request \(400\)"),
    _page("403", Says.FORBIDDEN, 403, "403 Forbidden"),
    _page("404", Says.PLAIN_NOT_FOUND, 404, "Not Found"),
    _page("500", Says.ERROR, 500, r"Server Error \(500\)"),
    _debug("debug-host", Says.HOST, 400, r"DisallowedHost\s"),
    _debug("debug-404", Says.PLAIN_NOT_FOUND, 404, "Page not found at "),
    Signature(
        "django-rest-credentials",
        "django rest framework",
        Hop.SERVER,
        Says.CREDENTIALS,
        _REST,
        frozenset({401, 403}),
        r'\A\{"detail":\s?"(?:Authentication credentials were not provided|Incorrect authentication credentials)\."',
    ),
)
