"""Sanic: its plain error pages, around the library websockets where that refuses a handshake."""

from ws101.signature import Says, Signature
from ws101.signatures.websockets import OPENING, REASONS
from ws101.terms import Hop

_SOURCE = "observed: Sanic 25.12.1"
_OF_THE_LIBRARY = {"no-upgrade", "version", "no-key", "key", "subprotocol"}


def _page(status: str, text: str = "") -> str:
    """Return the pattern of a page; both are regular expressions."""
    return rf"\A\u26a0\ufe0f {status} \u2014 [\w ]+\n=+\n{text}"


def _own(name: str, says: Says, status: int, text: str = "") -> Signature:
    return Signature(
        f"sanic-{name}", "sanic", Hop.SERVER, says, _SOURCE, frozenset({status}), _page(str(status), text)
    )


SIGNATURES = (
    *(
        Signature(
            f"sanic-{name}",
            "sanic",
            Hop.SERVER,
            says,
            _SOURCE,
            body=_page(r"\d{3}", rf"{OPENING}(?:{reason})"),
        )
        for name, says, reason in REASONS
        if name in _OF_THE_LIBRARY
    ),
    _own("400", Says.MALFORMED, 400),
    _own("401", Says.CREDENTIALS, 401),
    _own("404", Says.NO_ROUTE, 404, "Requested URL "),
    _own("405", Says.METHOD, 405, "Method "),
    _own("413", Says.HEADER_TOO_LARGE, 413, "Request header exceeds the size limit"),
)
