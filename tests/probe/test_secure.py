import asyncio
import ssl
import warnings
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from probe.peers import over_tls, server_context, serving, serving_with_alerts, staying, tried, write
from ws101.attempt import Attempt, Ending, Layer, TlsSettings, Verify
from ws101.errors import UnreadableInput
from ws101.lab.certificates import Signed, authority, leaf
from ws101.probe.secure import Contexts, context

ROOT = authority("a root")
OTHER = authority("another root")
GOOD = leaf(ROOT)
EXPIRED = leaf(ROOT, first_day=-9, last_day=-1)
EARLY = leaf(ROOT, first_day=9, last_day=90)
WRONG_NAME = leaf(ROOT, ("other.test",))
UNTRUSTED = leaf(OTHER)
SELF_SIGNED = leaf(None)

HAS_EXPIRED, NOT_YET_VALID, SELF_SIGNED_CODE, NO_LOCAL_ISSUER, NAME_MISMATCH, ADDRESS_MISMATCH = (
    10,
    9,
    18,
    20,
    62,
    64,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "root.pem"
    path.write_bytes(ROOT.pem)
    return path


def shaken(directory: Path, served: Signed, ca_file: Path | None, **settings: object) -> Attempt:
    """What comes of an attempt at a server with this certificate."""

    async def run() -> Attempt:
        pem = write(directory, "server", served)
        async with serving(staying(b"HTTP/1.1 204 No Content\r\n\r\n"), server_context(pem)) as port:
            return await tried(over_tls(port, ca_file, **settings))

    return asyncio.run(run())


def passed(attempt: Attempt) -> bool:
    return attempt.layer is Layer.HTTP and attempt.status == 204


def test_good_certificate_passes(tmp_path, root):
    attempt = shaken(tmp_path, GOOD, root)
    assert passed(attempt)
    assert attempt.tls is not None
    assert attempt.tls.version == "TLSv1.3"
    assert attempt.tls.cipher
    assert attempt.tls.client_certificate_asked is False
    assert attempt.timings.tcp < attempt.timings.tls < attempt.timings.first_byte <= attempt.timings.done


@pytest.mark.parametrize(
    ("served", "code", "words", "mended_by"),
    [
        (EXPIRED, HAS_EXPIRED, "certificate has expired", Verify.NOT_DATES),
        (EARLY, NOT_YET_VALID, "certificate is not yet valid", Verify.NOT_DATES),
        (WRONG_NAME, NAME_MISMATCH, "Hostname mismatch", Verify.NOT_NAME),
        (UNTRUSTED, NO_LOCAL_ISSUER, "unable to get local issuer certificate", Verify.NOT_AUTHORITY),
        (SELF_SIGNED, SELF_SIGNED_CODE, "self-signed certificate", Verify.NOT_AUTHORITY),
    ],
)
def test_each_failure_passes_with_exactly_its_own_check_left_out(
    tmp_path, root, served, code, words, mended_by
):
    attempt = shaken(tmp_path, served, root)
    assert (attempt.layer, attempt.ending) == (Layer.TLS, Ending.TLS_FAILED)
    assert (attempt.tls_error, attempt.verify_code) == ("CERTIFICATE_VERIFY_FAILED", code)
    assert words in attempt.detail
    for verify in (Verify.NOT_DATES, Verify.NOT_NAME, Verify.NOT_AUTHORITY, Verify.NOTHING):
        assert passed(shaken(tmp_path, served, root, verify=verify)) is (
            verify in {mended_by, Verify.NOTHING}
        )


def test_not_authority_trusts_the_top_of_the_chain_and_checks_what_is_below(tmp_path, root):
    middle = authority("a middle", OTHER)

    async def run(served: Signed) -> Attempt:
        pem = write(tmp_path, "chain", served, middle)
        async with serving(staying(b"HTTP/1.1 204 No Content\r\n\r\n"), server_context(pem)) as port:
            return await tried(over_tls(port, root, verify=Verify.NOT_AUTHORITY))

    assert passed(asyncio.run(run(leaf(middle))))
    assert asyncio.run(run(leaf(middle, first_day=-9, last_day=-1))).verify_code == HAS_EXPIRED
    assert asyncio.run(run(leaf(authority("a middle")))).verify_code is not None


def test_system_store_ignores_the_given_file(tmp_path, root, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert not passed(shaken(tmp_path, GOOD, root, verify=Verify.SYSTEM_STORE))
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    assert passed(shaken(tmp_path, GOOD, None, verify=Verify.SYSTEM_STORE))
    assert passed(shaken(tmp_path, GOOD, None))


def test_pinned_leaf_is_trusted_without_its_issuer(tmp_path):
    pinned = tmp_path / "pinned.pem"
    pinned.write_bytes(GOOD.pem)
    assert passed(shaken(tmp_path, GOOD, pinned))


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"check_name": "127.0.0.1", "server_name": None}, None),
        ({"check_name": "localhost", "server_name": None}, None),
        ({"check_name": "localhost", "server_name": "elsewhere.test"}, None),
        ({"check_name": "localhost.", "server_name": "localhost."}, None),
        ({"check_name": "elsewhere.test", "server_name": "localhost"}, NAME_MISMATCH),
        ({"check_name": "elsewhere.test", "server_name": None}, NAME_MISMATCH),
        ({"check_name": "127.0.0.9", "server_name": None}, ADDRESS_MISMATCH),
        ({"check_name": "127.0.0.9", "server_name": "localhost"}, ADDRESS_MISMATCH),
    ],
)
def test_name_to_check_and_server_name_may_differ(tmp_path, root, settings, code):
    attempt = shaken(tmp_path, GOOD, root, **settings)
    assert attempt.verify_code == code
    assert passed(attempt) is (code is None)


def test_server_name_that_cannot_be_sent(tmp_path, root):
    attempt = shaken(tmp_path, GOOD, root, check_name="", server_name="")
    assert (attempt.layer, attempt.ending, attempt.detail) == (
        Layer.TLS,
        Ending.TLS_FAILED,
        "'' is no valid server name",
    )


def test_server_name_goes_out_as_asked(tmp_path, root):
    names = []
    made = server_context(write(tmp_path, "server", GOOD))
    made.sni_callback = lambda _tls, name, _context: names.append(name)

    async def run() -> None:
        async with serving(staying(b"HTTP/1.1 204 No Content\r\n\r\n"), made) as port:
            for name in ("localhost", "elsewhere.test", None):
                await tried(over_tls(port, root, server_name=name))

    asyncio.run(run())
    assert names == ["localhost", "elsewhere.test", None]


def test_old_versions_need_legacy(tmp_path, root):
    made = server_context(write(tmp_path, "server", GOOD))
    made.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version = made.maximum_version = ssl.TLSVersion.TLSv1_1

    async def run() -> tuple[Attempt, Attempt]:
        with serving_with_alerts(made, b"HTTP/1.1 204 No Content\r\n\r\n") as port:
            return await tried(over_tls(port, root)), await tried(
                over_tls(port, root, legacy=True, verify=Verify.NOTHING)
            )

    usual, legacy = asyncio.run(run())
    assert (usual.layer, usual.ending) == (Layer.TLS, Ending.TLS_FAILED)
    assert usual.tls_error == "TLSV1_ALERT_PROTOCOL_VERSION"
    assert passed(legacy)
    assert legacy.tls.version == "TLSv1.1"


def test_plain_answer_is_a_wrong_version():
    async def run() -> Attempt:
        async def plain(reader, writer):
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await reader.read()

        async with serving(plain) as port:
            return await tried(over_tls(port))

    attempt = asyncio.run(run())
    assert (attempt.layer, attempt.ending, attempt.tls_error) == (
        Layer.TLS,
        Ending.TLS_FAILED,
        "WRONG_VERSION_NUMBER",
    )
    assert attempt.detail == "wrong version number"
    assert attempt.sent == b""


def test_alert_has_openssls_reason():
    async def run() -> Attempt:
        async def alert(reader, writer):
            await reader.read(1)
            writer.write(b"\x15\x03\x03\x00\x02\x02\x70")
            await reader.read()

        async with serving(alert) as port:
            return await tried(over_tls(port))

    attempt = asyncio.run(run())
    assert (attempt.ending, attempt.tls_error) == (Ending.TLS_FAILED, "TLSV1_UNRECOGNIZED_NAME")


def test_certificate_demanded_in_tls_1_3_fails_at_the_first_read(tmp_path, root):
    made = server_context(write(tmp_path, "server", GOOD))
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(root)
    client = write(tmp_path, "client", leaf(ROOT, ("me.test",), client=True))

    async def run() -> tuple[Attempt, Attempt]:
        with serving_with_alerts(made, b"HTTP/1.1 204 No Content\r\n\r\n") as port:
            return await tried(over_tls(port, root)), await tried(over_tls(port, root, cert_file=str(client)))

    without, with_one = asyncio.run(run())
    assert (without.layer, without.ending) == (Layer.TLS, Ending.TLS_FAILED)
    assert without.tls_error == "TLSV13_ALERT_CERTIFICATE_REQUIRED"
    assert without.tls is not None
    assert without.tls.client_certificate_asked is True
    assert passed(with_one)


def test_one_context_serves_many_connections_and_each_tells_of_itself(tmp_path, root):
    asking = server_context(write(tmp_path, "asking", GOOD))
    asking.verify_mode = ssl.CERT_OPTIONAL
    asking.load_verify_locations(root)
    silent = server_context(write(tmp_path, "silent", GOOD))
    peer = staying(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def run() -> list[Attempt]:
        contexts = Contexts()
        async with serving(peer, asking) as one, serving(peer, silent) as other:
            sendings = [over_tls(port, root) for port in (one, other, one, other)]
            made = await asyncio.gather(*(tried(sent, contexts=contexts) for sent in sendings))
            assert await contexts.get(sendings[0].tls) is await contexts.get(sendings[1].tls)
            return made

    assert [attempt.tls.client_certificate_asked for attempt in asyncio.run(run())] == [True, False] * 2


def test_contexts_of_other_settings_are_others():
    async def run() -> None:
        contexts = Contexts()
        every = [await contexts.get(settings(verify=verify)) for verify in (Verify.ALL, Verify.NOT_DATES)]
        assert len({id(made) for made in every}) == 2
        assert await contexts.get(settings()) is every[0]

    asyncio.run(run())


def test_not_authority_connects_once_where_the_chain_was_met(tmp_path, root):
    connections = 0

    async def count(reader, writer):
        nonlocal connections
        connections += 1
        await staying(b"HTTP/1.1 204 No Content\r\n\r\n")(reader, writer)

    async def run() -> list[Attempt]:
        contexts = Contexts()
        async with serving(count, server_context(write(tmp_path, "server", UNTRUSTED))) as port:
            sent = over_tls(port, root, verify=Verify.NOT_AUTHORITY)
            return [await tried(sent, contexts=contexts) for _ in range(2)]

    assert all(passed(attempt) for attempt in asyncio.run(run()))
    assert connections == 3  # to see the chain, and the two attempts


def settings(**changes: object) -> TlsSettings:
    return TlsSettings(**{"check_name": "x", "server_name": "x", **changes})


def test_files_that_cannot_be_used_say_what_why_and_what_to_do(tmp_path):
    good, text, missing = write(tmp_path, "good", GOOD), tmp_path / "text", tmp_path / "missing"
    text.write_text("no PEM")
    other_key = tmp_path / "other.key"
    other_key.write_bytes(EXPIRED.key_pem)
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        GOOD.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"hidden"))
    )
    for changes, what, why in [
        ({"ca_file": missing}, f"--cacert {missing}", "No such file or directory"),
        ({"ca_file": text}, f"--cacert {text}", "it holds no PEM certificate"),
        ({"cert_file": missing}, f"--cert {missing}", "there is no such file"),
        ({"cert_file": good, "key_file": missing}, f"--key {missing}", "there is no such file"),
        ({"cert_file": text}, f"--cert {text}", "cannot be used"),
        (
            {"cert_file": good, "key_file": other_key},
            f"--key {other_key}",
            "does not belong to the certificate",
        ),
        ({"cert_file": good, "key_file": locked}, f"--key {locked}", "the key is encrypted"),
    ]:
        with pytest.raises(UnreadableInput) as told:
            context(settings(**{name: str(path) for name, path in changes.items()}))
        assert told.value.what == what
        assert why in told.value.why
        assert told.value.do


def test_attempt_with_an_unusable_file_says_so_and_connects_to_nobody(tmp_path):
    attempt = asyncio.run(tried(over_tls(1, tmp_path / "missing")))
    assert (attempt.layer, attempt.ending, attempt.address) == (Layer.TLS, Ending.TLS_FAILED, "")
    assert "No such file or directory" in attempt.detail
