"""What plain words mean when an application refuses in its own, and what sounds like them and means nothing."""

import pytest

from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.sighting import recognise
from ws101.signature import Says
from ws101.signatures import words
from ws101.terms import Hop


def said(status, body="", **headers):
    """Return what the words alone make of an answer, whoever wrote it."""
    fields = Headers.of((name.replace("_", "-"), value) for name, value in headers.items())
    answer = Answer(Kind.HTTP, status=status, headers=fields, body=body.encode())
    found = next((s for s in words.SIGNATURES if s.fits(answer)), None)
    return found.says if found else None


MEANT = [
    (400, "The plain HTTP request was sent to HTTPS port", Says.PLAIN_HTTP_TO_TLS),
    (400, "Client sent an HTTP request to an HTTPS server.", Says.PLAIN_HTTP_TO_TLS),
    (400, "Received X-Forwarded-For header from an untrusted proxy 10.0.0.1", Says.DISTRUSTS_PROXY),
    (403, "X-Forwarded-For from 10.0.0.7 is not trusted", Says.DISTRUSTS_PROXY),
    (400, "your HTTP integration is behind a reverse proxy that is not set up", Says.DISTRUSTS_PROXY),
    (400, "Missing Sec-WebSocket-Key header", Says.KEY_MISSING),
    (400, "no Sec-WebSocket-Key", Says.KEY_MISSING),
    (400, "the Sec-WebSocket-Key header is missing", Says.KEY_MISSING),
    (400, "'Sec-WebSocket-Key' header is required", Says.KEY_MISSING),
    (400, "Invalid Sec-WebSocket-Key header", Says.KEY_INVALID),
    (400, "Sec-WebSocket-Key: malformed", None),
    (400, "Sec-WebSocket-Key is not valid base64, malformed", Says.KEY_INVALID),
    (400, "Invalid Sec-WebSocket-Version header", Says.VERSION),
    (426, "Unsupported WebSocket version", Says.VERSION),
    (400, "Usupported websocket version", Says.VERSION),
    (400, "Sec-WebSocket-Version must be 13", Says.VERSION),
    (400, "no acceptable subprotocol", Says.SUBPROTOCOL),
    (403, "Unsupported sub-protocol: chat", Says.SUBPROTOCOL),
    (400, "Sec-WebSocket-Protocol is not supported", Says.SUBPROTOCOL),
    (426, "Upgrade Required", Says.NO_UPGRADE),
    (400, "Missing Upgrade header", Says.NO_UPGRADE),
    (400, "Expected an Upgrade: websocket header", Says.NO_UPGRADE),
    (404, "not a websocket request", Says.NO_UPGRADE),
    (400, "the Upgrade header is missing", Says.NO_UPGRADE),
    (400, "Invalid host header", Says.HOST),
    (400, "Invalid HTTP_HOST header: 'a.example:8080'", Says.HOST),
    (403, "Host api.example.com:8080 is not allowed", Says.HOST),
    (400, 'Blocked request. This host ("ws.example.com") is not allowed.', Says.HOST),
    (421, "unknown host", Says.HOST),
    (403, "origin not allowed", Says.ORIGIN),
    (403, "Origin https://app.example.com is not allowed", Says.ORIGIN),
    (403, '{"message": "request origin denied"}', Says.ORIGIN),
    (400, "Invalid origin", Says.ORIGIN),
    (403, "Cross-origin websockets are forbidden", Says.ORIGIN),
    (403, "Forbidden: bad Origin 'null'", Says.ORIGIN),
    (401, "no bearer token", Says.CREDENTIALS),
    (400, "invalid token", Says.CREDENTIALS),
    (403, '{"error":"jwt expired"}', Says.CREDENTIALS),
    (401, "Token has expired", Says.CREDENTIALS),
    (401, "unknown user: not authenticated", Says.CREDENTIALS),
    (403, "Authentication credentials were not provided. Authentication required", Says.CREDENTIALS),
    (401, "<h1>Unauthorized</h1>", Says.CREDENTIALS),
    (400, "Request header or cookie too large", Says.HEADER_TOO_LARGE),
    (414, "URI Too Long", Says.HEADER_TOO_LARGE),
    (429, "Too many requests", Says.RATE),
    (503, "rate limit exceeded", Says.RATE),
    (502, "", Says.UPSTREAM_DOWN),
    (504, "whatever", Says.UPSTREAM_TIMEOUT),
    (431, "", Says.HEADER_TOO_LARGE),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "meaning"), MEANT)
def test_plain_words_are_read(status, body, meaning):
    assert said(status, body) is meaning


@pytest.mark.parametrize(("status", "body", "meaning"), [row for row in MEANT if row[1] and row[2]])
def test_they_are_read_in_a_page_and_whatever_their_case(status, body, meaning):
    page = f"<!doctype html>\n<html><head><title>{status}</title></head>\n<body><p>{body.upper()}</p></body></html>"
    assert said(status, page) is meaning


FRIENDS = [
    (400, "See our host of features. Cookies are not allowed."),
    (403, "A host of things that are not allowed"),
    (403, "<p>Host your app with us</p><p>Hotlinking is not allowed</p>"),
    (403, "localhost-host is fun"),
    (403, "This is the original page, and it is forbidden to copy it"),
    (400, "unknown original"),
    (403, "The origin server denied the request"),
    (403, '<script crossorigin="anonymous" src="app.js"></script>'),
    (403, "<style>.a{transform-origin:50% 50%}.checkbox{margin:0}</style>"),
    (403, "<style>.a{transform-origin:50% 50%;content:'checks'}</style>"),
    (400, "The origin of all this is lost. Your request was invalid."),
    (403, "Cross-Origin-Opener-Policy: same-origin"),
    (403, "Bad user agent"),
    (403, "Invalid user-agent string"),
    (403, "Invalid CSRF token"),
    (403, "CSRF token missing or incorrect."),
    (403, "CSRF Failed: CSRF token missing."),
    (403, "The anti-forgery token is missing"),
    (400, "Invalid header token"),
    (400, "There is no way. Ask your user group"),
    (403, "Forbidden"),
    (400, "Bad Request"),
    (404, "Not Found"),
    (404, "No plan found. Upgrade now"),
    (404, "Your plan has no free seats, upgrade your plan"),
    (404, "casino upgrade"),
    (500, "The page needs an upgrade of your browser"),
    (400, "Request headers:\nHost: h\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\nX-Forwarded-For: 10.0.0.1"),
    (400, "Headers seen: Sec-WebSocket-Protocol: chat, Sec-WebSocket-Key: abc"),
    (403, "Our subprotocols are documented elsewhere"),
    (503, "Service Unavailable"),
    (200, "invalid token"),
    (404, "invalid token"),
    (404, "origin not allowed"),
    (500, "Invalid host header"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body"), FRIENDS)
def test_false_friends_are_not_read(status, body):
    assert said(status, body) is None


LOGIN = """<!doctype html><html lang=en><head><title>404 - Page not found</title>
<link rel="preload" href="/a.css" crossorigin><style>.x{transform-origin:0 0}.check{color:red}</style></head>
<body><nav><a href="/login">Log in</a> <a href="/upgrade">Upgrade</a></nav>
<h1>Page not found</h1><p>No such page. Users may log in to see a host of others; tokens and API keys are in the settings.</p>
</body></html>"""


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 500, 503])
def test_a_page_with_a_login_link_names_no_reason(status):
    assert said(status, LOGIN) is None


def test_only_the_first_part_of_a_body_is_read():
    assert said(400, "." * 1900 + " invalid token") is Says.CREDENTIALS
    assert said(400, "." * 2100 + " invalid token") is None


def test_known_software_goes_first():
    page = (
        b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<center>nginx/1.22.1</center>\r\n</html>"
    )
    answer = Answer(Kind.HTTP, status=502, headers=Headers.of([("Server", "nginx/1.22.1")]), body=page)
    found = recognise(answer)
    assert found is not None
    assert found.software == "nginx"


def test_who_wrote_them_is_not_known():
    by_words = [s for s in words.SIGNATURES if s.body]
    assert by_words
    assert {(s.software, s.hop) for s in by_words} == {("the server", Hop.SERVER)}
