"""Servers of WSGI applications: Werkzeug (Flask, with flask-sock or without), gunicorn, Python's http.server.

Werkzeug answers one 400 to a plain request on a WebSocket route and to an upgrade on a plain route.
"""

from ws101.signature import Says, Signature
from ws101.terms import Hop

_WERKZEUG = "observed: Werkzeug 3.1.9, alone and in gunicorn 27.0.1"
_GUNICORN = "observed: gunicorn 27.0.1"
_HTTP_SERVER = "observed: Python 3.11 http.server, through Werkzeug 3.1.9"


def _page(says: Says, title: str) -> Signature:
    status, _, words = title.partition(" ")
    body = rf"(?i)\A<!doctype html>\n<html lang=en>\n<title>{title}</title>\n<h1>{words}</h1>\n"
    return Signature(
        f"werkzeug-{status}", "werkzeug", Hop.SERVER, says, _WERKZEUG, frozenset({int(status)}), body
    )


def _gunicorn(name: str, says: Says, statuses: set[int], title: str) -> Signature:
    body = rf"\A<html>\s*<head>\s*<title>{title}</title>\s*</head>\s*<body>\s*<h1><p>{title}</p></h1>\s"
    return Signature(f"gunicorn-{name}", "gunicorn", Hop.SERVER, says, _GUNICORN, frozenset(statuses), body)


def _http_server(name: str, says: Says, statuses: set[int]) -> Signature:
    body = r"(?s)<title>Error response</title>.*<p>Error code: \d{3}</p>"
    return Signature(
        f"http.server-{name}", "http.server", Hop.SERVER, says, _HTTP_SERVER, frozenset(statuses), body
    )


SIGNATURES = (
    _page(Says.NOT_A_HANDSHAKE, "400 Bad Request"),
    _page(Says.CREDENTIALS, "401 Unauthorized"),
    _page(Says.NO_ROUTE, "404 Not Found"),
    _page(Says.METHOD, "405 Method Not Allowed"),
    _page(Says.ERROR, "500 Internal Server Error"),
    _gunicorn("400", Says.MALFORMED, {400}, "Bad Request"),
    _gunicorn(
        "too-large", Says.HEADER_TOO_LARGE, {414, 431}, "(?:URI Too Long|Request Header Fields Too Large)"
    ),
    _http_server("400", Says.MALFORMED, {400}),
    _http_server("too-large", Says.HEADER_TOO_LARGE, {414, 431}),
)
