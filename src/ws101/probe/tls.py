"""Looks at TLS without speaking HTTP: the session, the chain as sent, and how it compares with a file of trust."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from ws101.attempt import Sending, TlsSettings, Verify
from ws101.errors import UnreadableInput
from ws101.observed import Certificate, TlsLook, TrustFile
from ws101.probe.limits import Limits
from ws101.probe.progress import Progress
from ws101.probe.route import travel
from ws101.probe.secure import context, start
from ws101.probe.stream import Ended


async def look(sending: Sending, addresses: Sequence[str], within: float) -> TlsLook:
    """Shake hands without verification, offering h2 and http/1.1, and close; `within` seconds for each layer.

    When the connection ends before TLS, `detail` says how and `error` names the ending. Raises UnreadableInput for a
    client certificate that cannot be used.
    """
    asked = sending.tls or TlsSettings(check_name=sending.host, server_name=sending.host)
    settings = replace(asked, verify=Verify.NOTHING, alpn=("h2", "http/1.1"))
    made = context(settings)
    progress = Progress()
    try:
        stream = await travel(sending, addresses, Limits(connect=within, tls=within, answer=within), progress)
        laid = await start(stream, settings, made, within)
        ders, complete = laid.chain()
        chain = await asyncio.to_thread(_read, ders)
        detail = "" if len(chain) == len(ders) else "a certificate of the chain cannot be read"
        return TlsLook(laid.session, chain, detail=detail, chain_complete_known=complete and not detail)
    except Ended as end:
        return TlsLook(None, (), error=end.tls_error or end.ending.name, detail=end.detail)
    finally:
        progress.close()


def _read(ders: Sequence[bytes]) -> tuple[Certificate, ...]:
    """Read what can be read, in a thread: cryptography is slow to load, and other connections are timed meanwhile."""
    from ws101.probe.certificate import parse_all

    return parse_all(ders)


def read_trust_file(path: str, chain: Sequence[Certificate]) -> TrustFile:
    """Read a PEM file of certificates and compare it with a chain as a server sent it; raises UnreadableInput."""
    from ws101.probe.certificate import read_pem, signs, top

    what, do = f"--cacert {path}", "Give a PEM file with at least one certificate."
    try:
        held = read_pem(Path(path).read_bytes())
    except OSError as error:
        raise UnreadableInput(what, error.strerror or "it cannot be read", do) from None
    except ValueError:
        raise UnreadableInput(what, "it holds no PEM certificate that can be read", do) from None
    if not chain:
        return TrustFile(path, held)
    return TrustFile(
        path,
        held,
        holds_leaf=chain[0].fingerprint in {certificate.fingerprint for certificate in held},
        holds_issuer_of_top=any(signs(issuer, top(chain)) for issuer in held),
    )
