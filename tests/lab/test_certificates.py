"""The lab's certificates: each is wrong in exactly one way."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from ws101.lab import certificates

_NOW = dt.datetime.now(dt.UTC)


def chain(name: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((certificates.directory() / f"{name}.pem").read_bytes())


def verify(name: str, root: str = "root", *, at: dt.datetime = _NOW, host: str = "app.test") -> None:
    leaf, *intermediates = chain(name)
    policy = PolicyBuilder().store(Store(chain(root))).time(at.replace(tzinfo=None))
    policy.build_server_verifier(x509.DNSName(host)).verify(leaf, intermediates)


def test_the_good_one_is_good():
    verify("good")


@pytest.mark.parametrize(
    "name", ["expired", "not-yet-valid", "wrong-name", "self-signed", "chain-incomplete"]
)
def test_the_others_are_not(name):
    with pytest.raises(VerificationError):
        verify(name)


def test_the_other_root_signed_nothing_that_is_served():
    with pytest.raises(VerificationError):
        verify("good", "other-root")


def test_what_has_one_fault_has_no_other():
    verify("expired", at=_NOW - dt.timedelta(days=30))
    verify("not-yet-valid", at=_NOW + dt.timedelta(days=60))
    verify("wrong-name", host="other.test")


@pytest.mark.parametrize("name", ["good", "expired", "not-yet-valid", "chain-incomplete", "self-signed"])
def test_every_leaf_names_the_lab(name):
    extension = chain(name)[0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    named = extension.get_values_for_type(x509.DNSName) + [
        str(a) for a in extension.get_values_for_type(x509.IPAddress)
    ]
    assert named == ["app.test", "localhost", "127.0.0.1", "::1"]


def test_the_incomplete_chain_tells_where_its_issuer_is():
    [leaf] = chain("chain-incomplete")
    place = leaf.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS).value
    assert [description.access_location.value for description in place] == [
        "http://authority.test/intermediate.cer"
    ]


def test_keys_fit_their_certificates():
    for key_file in certificates.directory().glob("*.key"):
        key = certificates.serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        assert key.public_key() == chain(key_file.stem)[0].public_key()
