"""Experiments on the scheme: TLS where there was none, and the reverse, on the same port."""

from msgspec.structs import replace

from ws101.attempt import Sending, TlsSettings
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.terms import Family
from ws101.tokens import credential


def over_tls(sending: Sending, evidence: Evidence) -> Sending | None:
    if sending.tls:
        return None
    return replace(sending, tls=evidence.tls_settings or TlsSettings(sending.host, sending.host))


def without_tls(sending: Sending, _: Evidence) -> Sending | None:
    return replace(without_credentials(sending), tls=None) if sending.tls else None


def without_credentials(sending: Sending) -> Sending:
    """Return the sending without its credentials, for a way that protects them less than the user's client does."""
    return sending.asking(credential.without(sending.request))


TLS_INSTEAD = Experiment("tls-instead", Family.REPAIR, "over TLS (wss://), same port", over_tls)
PLAIN_INSTEAD = Experiment("plain-instead", Family.REPAIR, "without TLS (ws://), same port", without_tls)
PLAIN_DAMAGE = Experiment("plain-instead", Family.DAMAGE, "without TLS (ws://), same port", without_tls)
TLS_DAMAGE = Experiment("tls-instead", Family.DAMAGE, "over TLS (wss://), same port", over_tls)
