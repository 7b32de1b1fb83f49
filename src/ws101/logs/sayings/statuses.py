"""A status with its reason phrase (RFC 9110, 15) in a line about a WebSocket: what it was answered, whoever prints it."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_PHRASES = (
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (426, "Upgrade Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (500, "Internal Server Error"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Time"),
)
_SOCKET = r"(?i:\bweb ?sockets?\b)"


def _near(status: int, phrase: str) -> str:
    said = rf"\b(?P<status>{status})\b[ :,('\"-]{{1,3}}{phrase}"
    return rf"{_SOCKET}[^\n]{{0,80}}?{said}"


SAYINGS = family(
    "the client",
    Hop.CLIENT,
    "as applications print what their library told them",
    (
        (Says.NOTHING, phrase, _near(status, phrase), f"WebSockets: {status} {phrase}")
        for status, phrase in _PHRASES
    ),
    vague=True,
)
