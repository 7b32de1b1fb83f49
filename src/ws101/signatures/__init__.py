"""The table of signatures; the first that fits names the author of an answer. One file per software."""

from ws101.handshake.answer import Answer, Kind
from ws101.signature import Signature

SIGNATURES: tuple[Signature, ...] = ()


def recognise(answer: Answer) -> Signature | None:
    """Return the first signature that fits an HTTP answer, or None when its author left no mark that is known."""
    if answer.kind is not Kind.HTTP:
        return None
    return next((signature for signature in SIGNATURES if signature.fits(answer)), None)
