import json
import stat

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from ws101.errors import UnreadableInput, UsageError
from ws101.timers.server.key import Key
from ws101.timers.server.keys import OVERLAP, open_keys, ring_file, rotate
from ws101.timers.settings import ServiceSettings

NOW = 1_800_000_000_000
SECRET = b"a shared secret of more than 32 bytes"


@pytest.fixture
def settings(tmp_path):
    return ServiceSettings(data=tmp_path / "data")


def shared(tmp_path, secret=SECRET, **more):
    (tmp_path / "secret").write_bytes(secret)
    return ServiceSettings(data=tmp_path / "data", algorithm="HS256", secret_file=tmp_path / "secret", **more)


def kids(keys, now=NOW):
    return [key["kid"] for key in keys.published(now)["keys"]]


def test_keys_are_made_once_for_their_owner_alone(settings):
    made = open_keys(settings, NOW).signing().kid
    path = ring_file(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert open_keys(settings, NOW).signing().kid == made


def test_a_ring_that_others_may_read_is_refused(settings):
    open_keys(settings, NOW)
    ring_file(settings).chmod(0o640)
    with pytest.raises(UnreadableInput, match="chmod 600"):
        open_keys(settings, NOW)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'[{"private": "x"}]', b"\xff", b"[1]"])
def test_a_ring_that_cannot_be_read_is_refused_and_not_replaced(settings, content):
    open_keys(settings, NOW)
    ring_file(settings).write_bytes(content)
    with pytest.raises(UnreadableInput, match="everybody signs in again"):
        open_keys(settings, NOW)
    assert ring_file(settings).read_bytes() == content


def test_the_key_id_is_the_thumbprint_of_rfc_8037():
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    key = Key(ed25519.Ed25519PrivateKey.from_private_bytes(seed))
    assert key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_what_is_published_is_public_and_verifies(tmp_path, algorithm):
    keys = open_keys(ServiceSettings(data=tmp_path, algorithm=algorithm), NOW)
    published = keys.published(NOW)
    assert len(published["keys"]) == 2
    assert not {"d", "p", "q", "k"} & {name for key in published["keys"] for name in key}
    key = jwt.PyJWKSet.from_dict(json.loads(json.dumps(published)))[keys.signing().kid]
    assert key.Algorithm.verify(b"text", key.key, keys.signing().sign(b"text"))


def test_the_next_key_is_published_before_it_signs_and_the_old_one_verifies_after(settings):
    keys = open_keys(settings, NOW)
    first, following = kids(keys)
    assert keys.signing().kid == first
    assert rotate(settings, NOW).kid == following
    assert keys.signing().kid == following, "a running service takes it over"
    end = NOW + (settings.access_lifetime + OVERLAP) * 1_000
    assert keys.find(first, end - 1)
    assert keys.find(first, end) is None
    assert first in kids(keys, end - 1)
    assert first not in kids(keys, end)


def test_what_has_ended_is_dropped_by_a_later_rotation(settings):
    keys = open_keys(settings, NOW)
    first = keys.signing().kid
    rotate(settings, NOW)
    rotate(settings, NOW + 10_000_000)
    assert first not in ring_file(settings).read_text()
    keys.signing()
    assert keys.find(first, NOW) is None


def test_at_once_leaves_nothing_of_before(settings):
    keys = open_keys(settings, NOW)
    before = set(kids(keys))
    generation = keys.generation(NOW)
    rotate(settings, NOW, at_once=True)
    assert not before & set(kids(keys))
    assert keys.generation(NOW) > generation


def test_another_algorithm_takes_over_with_overlap(tmp_path):
    first = open_keys(ServiceSettings(data=tmp_path), NOW).signing().kid
    keys = open_keys(ServiceSettings(data=tmp_path, algorithm="RS256"), NOW)
    assert keys.signing().algorithm == "RS256"
    assert keys.find(first, NOW).algorithm == "EdDSA"
    assert keys.algorithms == {"EdDSA", "RS256"}


def test_where_there_are_no_keys_nothing_is_rotated_or_made(settings):
    with pytest.raises(UnreadableInput, match="--data"):
        rotate(settings, NOW)
    assert not settings.data.exists()


def test_an_unreadable_ring_leaves_a_running_service_its_keys(settings):
    keys = open_keys(settings, NOW)
    kid = keys.signing().kid
    ring_file(settings).write_bytes(b"no keys")
    assert keys.signing().kid == kid
    ring_file(settings).unlink()
    assert keys.signing().kid == kid


def test_a_shared_secret_is_never_published(tmp_path):
    keys = open_keys(shared(tmp_path), NOW)
    assert keys.signing().algorithm == "HS256"
    assert keys.published(NOW) == {"keys": []}
    assert not ring_file(shared(tmp_path)).exists()


@pytest.mark.parametrize("secret", [b"secret", b"x" * 31, b"x" * 31 + b"\n", b""])
def test_a_short_secret_does_not_start(tmp_path, secret):
    with pytest.raises(UnreadableInput, match="32 or more") as caught:
        open_keys(shared(tmp_path, secret), NOW)
    assert "secret has" in str(caught.value)


def test_a_secret_of_32_bytes_does(tmp_path):
    assert open_keys(shared(tmp_path, b"x" * 32 + b"\n"), NOW).signing().sign(b"")


def test_hs256_without_a_secret_says_how_to_make_one(tmp_path):
    with pytest.raises(UsageError, match="urandom"):
        open_keys(ServiceSettings(data=tmp_path, algorithm="HS256"), NOW)
    with pytest.raises(UnreadableInput, match="No such file"):
        open_keys(ServiceSettings(data=tmp_path, algorithm="HS256", secret_file=tmp_path / "none"), NOW)


def test_a_shared_secret_is_not_rotated(tmp_path):
    with pytest.raises(UsageError, match="secret file"):
        rotate(shared(tmp_path), NOW)


def test_no_repr_shows_a_secret(settings, tmp_path):
    keys = open_keys(shared(tmp_path), NOW)
    shown = repr(keys.signing()) + repr(keys) + repr(open_keys(settings, NOW).signing())
    assert SECRET.decode() not in shown
    assert "PRIVATE" not in shown
