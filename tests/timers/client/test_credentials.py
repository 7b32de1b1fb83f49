import asyncio
import importlib
import stat

import pytest

from ws101.errors import UnreadableInput
from ws101.timers.client.credentials import Credentials, Vault, _keyring

OFF = {"WS101_TIMERS_KEYRING": "off"}
ADA = Credentials(
    url="http://127.0.0.1:8080", email="ada@x.test", token="access-secret", refresh_token="refresh-secret", expires_at=5,
    device="d1",
)  # fmt: skip


def test_a_file_is_for_its_owner_alone(tmp_path):
    vault = Vault(tmp_path / "new", OFF)
    assert vault.load("dev") is None
    vault.save("dev", ADA)
    vault.save("dev", ADA)
    file = tmp_path / "new" / "dev.login.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert vault.load("dev") == ADA
    assert str(file) in vault.kept_in("dev")
    assert [each.name for each in file.parent.iterdir()] == ["dev.login.json"]


def test_a_wider_file_is_narrowed_when_it_is_written_again(tmp_path):
    file = tmp_path / "dev.login.json"
    file.write_text("{}")
    file.chmod(0o644)
    Vault(tmp_path, OFF).save("dev", ADA)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_forgotten_is_gone(tmp_path):
    vault = Vault(tmp_path, OFF)
    vault.save("dev", ADA)
    vault.save("prod", ADA)
    vault.delete("dev")
    vault.delete("dev")
    assert (vault.load("dev"), vault.load("prod")) == (None, ADA)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}', "\xff"])
def test_what_cannot_be_read_is_no_login(tmp_path, text):
    (tmp_path / "dev.login.json").write_text(text, encoding="latin-1")
    assert Vault(tmp_path, OFF).load("dev") is None


def test_no_secret_is_in_the_repr():
    assert "secret" not in repr(ADA)


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UnreadableInput, match="WS101_TIMERS_PROFILES") as told:
        Vault(tmp_path / "file", OFF).save("dev", ADA)
    assert "secret" not in str(told.value)


def test_one_holds_the_lock_at_a_time(tmp_path):
    order = []

    async def hold(name):
        async with Vault(tmp_path, OFF).locked("dev"):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    async def act():
        await asyncio.gather(hold("a"), hold("b"), hold("c"))

    asyncio.run(act())
    assert [word.split()[1] for word in order] == ["in", "out"] * 3


class Keys:
    """A keyring of the test's own."""

    class errors:  # noqa: N801 - as in keyring
        class KeyringError(Exception):
            pass

    def __init__(self, *, locked=False):
        self.held, self.locked = {}, locked

    def _check(self):
        if self.locked:
            raise self.errors.KeyringError

    def get_password(self, service, name):
        self._check()
        return self.held.get((service, name))

    def set_password(self, service, name, value):
        self._check()
        self.held[service, name] = value

    def delete_password(self, service, name):
        self._check()
        if self.held.pop((service, name), None) is None:
            raise self.errors.KeyringError


def _vault(tmp_path, keys):
    vault = Vault(tmp_path, OFF)
    vault._keyring = keys
    return vault


def test_the_keyring_is_preferred_and_no_file_is_left(tmp_path):
    Vault(tmp_path, OFF).save("dev", ADA)
    keys = Keys()
    vault = _vault(tmp_path, keys)
    vault.save("dev", ADA)
    assert list(tmp_path.iterdir()) == []
    assert vault.load("dev") == ADA
    assert vault.kept_in("dev") == "the system's keyring"
    vault.delete("dev")
    vault.delete("dev")
    assert keys.held == {}


def test_a_keyring_that_is_locked_leaves_it_to_the_file(tmp_path):
    vault = _vault(tmp_path, Keys(locked=True))
    vault.save("dev", ADA)
    assert vault.load("dev") == ADA
    assert "dev.login.json" in vault.kept_in("dev")


def test_a_keyring_can_be_declined():
    assert _keyring(OFF) is None


@pytest.fixture
def choose(monkeypatch):
    """Let the real keyring use a backend, as a user's configuration would."""
    keyring = pytest.importorskip("keyring", reason="keyring (pip install 'ws101[timers]')")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    return keyring.set_keyring


@pytest.mark.parametrize("module", ["null", "fail"])
def test_a_keyring_that_keeps_nothing_is_none(tmp_path, choose, module):
    choose(importlib.import_module(f"keyring.backends.{module}").Keyring())
    assert _keyring({}) is None
    vault = Vault(tmp_path, {})
    vault.save("dev", ADA)
    assert Vault(tmp_path, {}).load("dev") == ADA
    assert "dev.login.json" in vault.kept_in("dev")


def test_the_real_keyring_keeps_a_login_in_its_backend(tmp_path, choose):
    from keyring.backend import KeyringBackend
    from keyring.errors import PasswordDeleteError

    class Remembering(KeyringBackend):
        priority = 1
        held = {}  # noqa: RUF012 - the one of this test

        def get_password(self, service, username):
            return self.held.get((service, username))

        def set_password(self, service, username, password):
            self.held[service, username] = password

        def delete_password(self, service, username):
            if self.held.pop((service, username), None) is None:
                raise PasswordDeleteError

    choose(Remembering())
    vault = Vault(tmp_path, {})
    vault.save("dev", ADA)
    assert list(tmp_path.iterdir()) == []
    assert list(Remembering.held) == [("ws101-timers", "dev")]
    assert Vault(tmp_path, {}).load("dev") == ADA
    vault.delete("dev")
    vault.delete("dev")
    assert vault.load("dev") is None
