"""PHP: ratchet/rfc6455, which Ratchet is built on. The reason phrase says it all; Upgrade is looked at first."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import whole
from ws101.terms import Hop

_SOURCE = "https://github.com/ratchetphp/RFC6455/blob/master/src/Handshake/ServerNegotiator.php"


def _reason(name: str, says: Says, status: int, phrase: str) -> Signature:
    return Signature(
        f"ratchet-{name}", "ratchet", Hop.SERVER, says, _SOURCE, frozenset({status}), reason=whole(phrase)
    )


SIGNATURES = (
    _reason("no-upgrade", Says.NO_UPGRADE, 426, "Upgrade header MUST be provided"),
    _reason("no-connection", Says.NO_CONNECTION, 400, "Connection Upgrade MUST be requested"),
)
