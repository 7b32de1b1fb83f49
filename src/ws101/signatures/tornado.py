"""Tornado. Upgrade is looked at before Connection; its text for a lost Upgrade is that of the SockJS family too."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import NO_BODY, Mark, whole
from ws101.terms import Hop

_SOURCE = "observed: Tornado 6.6.1"
_TYPE: Mark = ("content-type", r"\Atext/html; charset=UTF-8\Z")


def _text(name: str, says: Says, status: int, body: str) -> Signature:
    return Signature(
        f"tornado-{name}",
        "tornado",
        Hop.SERVER,
        says,
        _SOURCE,
        frozenset({status}),
        whole(body),
        headers=(_TYPE,),
    )


def _page(says: Says, title: str) -> Signature:
    status, _, words = title.partition(": ")
    return _text(
        status, says, int(status), f"<html><title>{title}</title><body>{status}: {words}</body></html>"
    )


SIGNATURES = (
    _text("no-upgrade", Says.NO_UPGRADE, 400, 'Can "Upgrade" only to "WebSocket".'),
    _text("no-connection", Says.NO_CONNECTION, 400, '"Connection" must be "Upgrade".'),
    _text("no-key", Says.KEY_MISSING, 400, "Missing/Invalid WebSocket headers"),
    _text("origin", Says.ORIGIN, 403, "Cross origin websockets not allowed"),
    Signature(
        "tornado-version",
        "tornado",
        Hop.SERVER,
        Says.VERSION,
        _SOURCE,
        frozenset({426}),
        headers=(_TYPE, NO_BODY, ("sec-websocket-version", r"\A[\d, ]+\Z")),
    ),
    _page(Says.CREDENTIALS, "401: Unauthorized"),
    _page(Says.NO_ROUTE, "404: Not Found"),
    _page(Says.METHOD, "405: Method Not Allowed"),
    _page(Says.ERROR, "500: Internal Server Error"),
)
