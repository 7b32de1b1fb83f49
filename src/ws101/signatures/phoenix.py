"""Elixir: Phoenix, and any other server that upgrades through WebSockAdapter. Connection is looked at before Upgrade."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import begins
from ws101.terms import Hop

_SOURCE = (
    "https://github.com/phoenixframework/websock_adapter/blob/main/lib/websock_adapter/upgrade_validation.ex"
)


def _text(name: str, says: Says, text: str) -> Signature:
    return Signature(
        f"phoenix-{name}", "phoenix", Hop.SERVER, says, _SOURCE, frozenset({400, 426}), begins(text)
    )


SIGNATURES = (
    _text("no-connection", Says.NO_UPGRADE, "'connection' header must contain 'upgrade', got "),
    _text("no-upgrade", Says.NO_UPGRADE, "'upgrade' header must contain 'websocket', got "),
    _text("no-key", Says.KEY_MISSING, "'sec-websocket-key' header is absent"),
    _text("version", Says.VERSION, "'sec-websocket-version' header must equal '13', got "),
)
