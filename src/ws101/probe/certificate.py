"""X.509 certificates, read into plain values; never decides whether one is to be trusted."""

import ipaddress
import warnings
from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import AuthorityInformationAccessOID

from ws101.observed import Certificate


def parse(der: bytes) -> Certificate | None:
    """Read one certificate; None for bytes that are none, or that break X.509 too badly to be read."""
    try:
        found = _load(der)
        subject, issuer = found.subject.rfc4514_string(), found.issuer.rfc4514_string()
        return Certificate(
            subject=subject,
            issuer=issuer,
            names=_names(found),
            not_before=found.not_valid_before_utc.timestamp(),
            not_after=found.not_valid_after_utc.timestamp(),
            self_issued=subject == issuer,
            is_authority=_is_authority(found),
            fingerprint=found.fingerprint(hashes.SHA256()).hex(),
            issuer_url=_issuer_url(found),
            signed_by_itself=_signed_by(found, found),
            der=der,
        )
    except (ValueError, TypeError, x509.DuplicateExtension, UnsupportedAlgorithm):
        return None


def parse_all(ders: Iterable[bytes]) -> tuple[Certificate, ...]:
    """Read those that can be read."""
    return tuple(found for der in ders if (found := parse(der)) is not None)


def top(chain: Sequence[Certificate]) -> Certificate:
    """Return the certificate nearest to a root: from the leaf (the first) upwards by issuer, whatever the order."""
    here, left = chain[0], list(chain[1:])
    while not here.self_issued and (above := next((c for c in left if c.subject == here.issuer), None)):
        left.remove(above)
        here = above
    return here


def covers(leaf: Certificate, name: str) -> bool:
    """Return whether one of the certificate's names is `name`, by RFC 6125's rules for wildcards."""
    wanted = name.rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(wanted.strip("[]"))) in leaf.names
    except ValueError:
        label, _, rest = wanted.partition(".")
        return wanted in leaf.names or (bool(label) and "." in rest and f"*.{rest}" in leaf.names)


def signs(issuer: Certificate, signed: Certificate) -> bool:
    """Return whether the issuer's name fits and its key made the signature."""
    return _signed_by(_load(signed.der), _load(issuer.der))


def read_pem(pem: bytes) -> tuple[Certificate, ...]:
    """Read every certificate of a PEM text; raises ValueError when there is none or one is malformed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return parse_all(found.public_bytes(Encoding.DER) for found in x509.load_pem_x509_certificates(pem))


def _load(der: bytes) -> x509.Certificate:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", CryptographyDeprecationWarning
        )  # an odd certificate is evidence, no misuse
        return x509.load_der_x509_certificate(der)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        listed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    dns = listed.get_values_for_type(x509.DNSName)
    return (*(name.lower() for name in dns), *(str(a) for a in listed.get_values_for_type(x509.IPAddress)))


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _issuer_url(certificate: x509.Certificate) -> str:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return ""
    places = (
        a.access_location for a in access if a.access_method == AuthorityInformationAccessOID.CA_ISSUERS
    )
    return next(
        (str(place.value) for place in places if isinstance(place, x509.UniformResourceIdentifier)), ""
    )


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Return whether the issuer's name fits and its key made the signature."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
