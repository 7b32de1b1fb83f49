"""Certificates for the lab: two authorities and every leaf that a server or a client can get wrong."""

import atexit
import datetime as dt
import functools
import ipaddress
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from msgspec import Struct

NAMES = ("app.test", "localhost", "127.0.0.1", "::1")
_DAY = dt.timedelta(days=1)
_ISSUER_URL = "http://authority.test/intermediate.cer"


class Signed(Struct, frozen=True):
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def authority(name: str, issuer: Signed | None = None) -> Signed:
    """Return a certificate authority, signed by `issuer` or by itself."""
    return _sign(
        name,
        issuer,
        -365,
        3650,
        [(x509.BasicConstraints(ca=True, path_length=None), True), (_CA_USAGE, True)],
    )


def leaf(
    issuer: Signed | None,
    names: Sequence[str] = NAMES,
    first_day: int = -1,
    last_day: int = 90,
    *,
    issuer_url: str = "",
    client: bool = False,
) -> Signed:
    """Return a leaf for these names, valid from `first_day` to `last_day` counted from today."""
    purpose = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.SubjectAlternativeName([_general_name(name) for name in names]), False),
        (x509.ExtendedKeyUsage([purpose]), False),
    ]
    if issuer_url:
        place = x509.UniformResourceIdentifier(issuer_url)
        described = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place)
        extensions.append((x509.AuthorityInformationAccess([described]), False))
    return _sign(names[0], issuer, first_day, last_day, extensions)


def write(directory: Path) -> None:
    """Write every certificate as `<name>.pem` (leaf first, then what a server sends with it) and `<name>.key`."""
    root, other = authority("ws101 lab root"), authority("ws101 lab other root")
    intermediate = authority("ws101 lab intermediate", root)
    leaves = {
        "good": leaf(intermediate),
        "expired": leaf(intermediate, first_day=-90, last_day=-1),
        "not-yet-valid": leaf(intermediate, first_day=30, last_day=120),
        "wrong-name": leaf(intermediate, ("other.test",)),
        "client": leaf(intermediate, ("client.test",), client=True),
    }
    for name, signed in leaves.items():
        _write(directory, name, signed, intermediate.pem)
    _write(directory, "chain-incomplete", leaf(intermediate, issuer_url=_ISSUER_URL))
    _write(directory, "self-signed", leaf(None))
    _write(directory, "stranger", leaf(other, ("client.test",), client=True))
    for name, signed in {"root": root, "intermediate": intermediate, "other-root": other}.items():
        (directory / f"{name}.pem").write_bytes(signed.pem)


@functools.cache
def directory() -> Path:
    """Return a directory with every certificate, made once in this process and removed when it ends."""
    made = Path(tempfile.mkdtemp(prefix="ws101-certificates-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    write(made)
    return made


def _write(directory: Path, name: str, signed: Signed, chain: bytes = b"") -> None:
    (directory / f"{name}.pem").write_bytes(signed.pem + chain)
    (directory / f"{name}.key").write_bytes(signed.key_pem)


def _sign(
    name: str,
    issuer: Signed | None,
    first_day: int,
    last_day: int,
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    signing_key = issuer.key if issuer else key
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today + first_day * _DAY)
        .not_valid_after(today + last_day * _DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False
        )
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Signed(builder.sign(signing_key, hashes.SHA256()), key)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


_CA_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
