"""HAProxy: the error pages that are built into it."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import BASIC, Mark, whole
from ws101.terms import Hop

_SOURCE = "observed: HAProxy 2.6.12"


def _own(name: str, says: Says, title: str, sentence: str, *headers: Mark) -> Signature:
    return Signature(
        name=f"haproxy-{name}",
        software="haproxy",
        hop=Hop.PROXY,
        says=says,
        source=_SOURCE,
        statuses=frozenset({int(title[:3])}),
        body=whole(f"<html><body><h1>{title}</h1>\n{sentence}\n</body></html>\n"),
        headers=headers,
    )


_WANTS_CREDENTIALS = "You need a valid user and password to access this content."

SIGNATURES = (
    _own("400", Says.MALFORMED, "400 Bad request", "Your browser sent an invalid request."),
    _own("basic", Says.BASIC, "401 Unauthorized", _WANTS_CREDENTIALS, BASIC),
    _own("401", Says.CREDENTIALS, "401 Unauthorized", _WANTS_CREDENTIALS),
    _own("403", Says.FORBIDDEN, "403 Forbidden", "Request forbidden by administrative rules."),
    _own("404", Says.NO_ROUTE, "404 Not Found", "The resource could not be found."),
    _own(
        "405",
        Says.METHOD,
        "405 Method Not Allowed",
        "A request was made of a resource using a request method not supported by that resource",
    ),
    _own("421", Says.HOST, "421 Misdirected Request", "Request sent to a non-authoritative server."),
    _own(
        "429",
        Says.RATE,
        "429 Too Many Requests",
        "You have sent too many requests in a given amount of time.",
    ),
    _own("500", Says.ERROR, "500 Internal Server Error", "An internal server error occurred."),
    _own(
        "502", Says.UPSTREAM_DOWN, "502 Bad Gateway", "The server returned an invalid or incomplete response."
    ),
    _own(
        "503", Says.UPSTREAM_DOWN, "503 Service Unavailable", "No server is available to handle this request."
    ),
    _own("504", Says.UPSTREAM_TIMEOUT, "504 Gateway Time-out", "The server didn't respond in time."),
)
