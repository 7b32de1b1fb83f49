"""Servers in Rust: tungstenite (also inside granian), axum and actix-web.

axum looks at Connection before Upgrade, the others at Upgrade first.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import NO_BODY, server, whole
from ws101.terms import Hop

_TUNGSTENITE = "https://github.com/snapview/tungstenite-rs/blob/master/src/error.rs"
_AXUM = "https://github.com/tokio-rs/axum/blob/main/axum/src/extract/ws.rs"
_ACTIX = "https://github.com/actix/actix-web/blob/master/actix-http/src/ws/mod.rs"
_GRANIAN = "observed: granian 2.8.7"


def _text(name: str, says: Says, source: str, status: int, body: str) -> Signature:
    return Signature(name, name.partition("-")[0], Hop.SERVER, says, source, frozenset({status}), whole(body))


def _reason(name: str, says: Says, phrase: str) -> Signature:
    return Signature(
        f"actix-{name}",
        "actix-web",
        Hop.SERVER,
        says,
        _ACTIX,
        frozenset({400}),
        reason=rf"\A{phrase}\Z",
    )


SIGNATURES = (
    _text("tungstenite-no-key", Says.KEY_MISSING, _GRANIAN, 400, 'No "Sec-WebSocket-Key" header'),
    _text("tungstenite-version", Says.VERSION, _GRANIAN, 400, 'No "Sec-WebSocket-Version: 13" header'),
    _text(
        "tungstenite-no-connection", Says.NO_CONNECTION, _TUNGSTENITE, 400, 'No "Connection: upgrade" header'
    ),
    _text("tungstenite-no-upgrade", Says.NO_UPGRADE, _TUNGSTENITE, 400, 'No "Upgrade: websocket" header'),
    Signature(
        "granian-403",
        "granian",
        Hop.SERVER,
        Says.FORBIDDEN,
        _GRANIAN,
        frozenset({403}),
        headers=(server(r"granian\Z"), NO_BODY),
        absent=("content-type",),
    ),
    _text("axum-no-connection", Says.NO_UPGRADE, _AXUM, 400, "Connection header did not include 'upgrade'"),
    _text("axum-no-upgrade", Says.NO_UPGRADE, _AXUM, 400, "`Upgrade` header did not include 'websocket'"),
    _text("axum-version", Says.VERSION, _AXUM, 400, "`Sec-WebSocket-Version` header did not include '13'"),
    _text("axum-no-key", Says.KEY_MISSING, _AXUM, 400, "`Sec-WebSocket-Key` header missing"),
    _text("axum-method", Says.METHOD, _AXUM, 405, "Request method must be `GET`"),
    _text(
        "axum-http-version",
        Says.HTTP_VERSION,
        _AXUM,
        426,
        "WebSocket request couldn't be upgraded since no upgrade state was present",
    ),
    _reason("no-upgrade", Says.NO_UPGRADE, "No WebSocket Upgrade header found"),
    _reason("no-connection", Says.NO_CONNECTION, "No Connection upgrade"),
    _reason(
        "version", Says.VERSION, "(?:WebSocket version header is required|Unsupported WebSocket version)"
    ),
    _reason("no-key", Says.KEY_MISSING, "Handshake error"),
)
