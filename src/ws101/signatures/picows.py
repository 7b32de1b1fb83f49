"""picows' server. Upgrade is looked at before Connection, the version before the key."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import PLAIN_TEXT, begins
from ws101.terms import Hop

_SOURCE = "observed: picows 2.3.1"


def _text(name: str, says: Says, body: str) -> Signature:
    return Signature(
        f"picows-{name}",
        "picows",
        Hop.SERVER,
        says,
        _SOURCE,
        frozenset({400}),
        body,
        headers=(PLAIN_TEXT,),
    )


SIGNATURES = (
    _text("no-upgrade", Says.NO_UPGRADE, begins("No WebSocket UPGRADE header. Can 'Upgrade' only to")),
    _text(
        "no-connection",
        Says.NO_CONNECTION,
        r"\A(?:No CONNECTION upgrade header|CONNECTION header value is not 'upgrade')\Z",
    ),
    _text("version", Says.VERSION, begins("Upgrade requested to unsupported websocket version: ")),
    _text("no-key", Says.KEY_MISSING, r"\AHandshake error, invalid key: None\Z"),
    _text("key", Says.KEY_INVALID, begins("Handshake error, invalid key: '")),
)
