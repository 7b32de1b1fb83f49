import asyncio
import ssl
from pathlib import Path

import pytest

from probe.peers import over_tls, server_context, serving, staying, write
from ws101.errors import UnreadableInput
from ws101.lab.certificates import authority, leaf
from ws101.observed import TlsLook
from ws101.probe.tls import look, read_trust_file

ROOT = authority("a root")
MIDDLE = authority("a middle", ROOT)
EXPIRED = leaf(MIDDLE, first_day=-9, last_day=-1)


def seen_at(made: ssl.SSLContext | None) -> tuple[TlsLook, bytes]:
    """What a look shows, and what the peer received inside TLS."""
    received = []

    async def read_all(reader, writer):
        received.append(await reader.read())

    async def run() -> TlsLook:
        async with serving(read_all, made) as port:
            return await look(over_tls(port), ("127.0.0.1",), 1)

    return asyncio.run(run()), b"".join(received)


def test_look_shows_the_chain_as_sent_and_sends_no_http(tmp_path):
    made = server_context(write(tmp_path, "server", EXPIRED, MIDDLE))
    made.set_alpn_protocols(["h2"])
    seen, received = seen_at(made)
    assert [certificate.subject for certificate in seen.chain] == ["CN=app.test", "CN=a middle"]
    assert seen.chain_complete_known
    assert (seen.session.version, seen.session.alpn) == ("TLSv1.3", "h2")
    assert seen.session.client_certificate_asked is False
    assert (seen.error, seen.detail, received) == ("", "", b"")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_look_notices_that_a_certificate_is_asked_for(tmp_path, version):
    made = server_context(write(tmp_path, "server", EXPIRED))
    made.maximum_version = version
    made.verify_mode = ssl.CERT_OPTIONAL
    seen, _ = seen_at(made)
    assert seen.session.client_certificate_asked is True


def test_look_at_a_plain_port_has_openssls_reason():
    async def run() -> TlsLook:
        async with serving(staying(b"", greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
            return await look(over_tls(port), ("127.0.0.1",), 1)

    seen = asyncio.run(run())
    assert (seen.session, seen.chain) == (None, ())
    assert (seen.error, seen.detail) == ("WRONG_VERSION_NUMBER", "wrong version number")


def test_look_at_a_closed_port_names_the_ending(closed_port):
    seen = asyncio.run(look(over_tls(closed_port), ("127.0.0.1",), 1))
    assert (seen.session, seen.error, seen.detail) == (None, "REFUSED", "Connection refused")


@pytest.fixture
def chain(tmp_path: Path):
    return seen_at(server_context(write(tmp_path, "server", EXPIRED, MIDDLE)))[0].chain


@pytest.mark.parametrize(
    ("held", "leaf_held", "issuer_held"),
    [
        ((ROOT,), False, True),
        ((MIDDLE,), False, False),
        ((EXPIRED,), True, False),
        ((authority("a root"),), False, False),
        ((authority("other"), ROOT, EXPIRED), True, True),
    ],
)
def test_trust_file_is_compared_with_the_chain(tmp_path, chain, held, leaf_held, issuer_held):
    path = tmp_path / "trust.pem"
    path.write_bytes(b"".join(signed.pem for signed in held))
    read = read_trust_file(str(path), chain)
    assert len(read.certificates) == len(held)
    assert (read.holds_leaf, read.holds_issuer_of_top) == (leaf_held, issuer_held)


def test_trust_file_without_a_chain(tmp_path):
    path = tmp_path / "trust.pem"
    path.write_bytes(ROOT.pem)
    read = read_trust_file(str(path), ())
    assert (len(read.certificates), read.holds_leaf, read.holds_issuer_of_top) == (1, False, False)


@pytest.mark.parametrize(
    "content", [None, b"", b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_trust_file_that_cannot_be_read(tmp_path, content):
    path = tmp_path / "trust.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableInput) as told:
        read_trust_file(str(path), ())
    assert str(path) in str(told.value)
