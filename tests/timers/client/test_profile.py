import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.errors import UnreadableInput, UsageError
from ws101.timers.client.profile import LOCAL, Profile, check_name, check_url, load, path, read, save


@pytest.mark.parametrize(
    ("given_url", "kept", "socket"),
    [
        ("https://timers.test", "https://timers.test", "wss://timers.test/api/v1/timers/notifications"),
        ("wss://timers.test:443/", "https://timers.test", "wss://timers.test/api/v1/timers/notifications"),
        ("ws://[::1]:8080", "http://[::1]:8080", "ws://[::1]:8080/api/v1/timers/notifications"),
        ("https://h.test:8443/app/", "https://h.test:8443/app", "wss://h.test:8443/app/api/v1/timers/notifications"),
        ("wss://h.test/api/v1/timers/notifications", "https://h.test", "wss://h.test/api/v1/timers/notifications"),
    ],
)  # fmt: skip
def test_everything_follows_from_one_url(given_url, kept, socket):
    assert check_url(given_url) == kept
    assert Profile("x", kept).socket_url == socket


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("timers.test", "has no scheme"),
        ("ftp://timers.test", "none of ws, wss, http, https"),
        ("http://timers.test:443", "Write https://timers.test"),
        ("ws://timers.test:443/x", "disagree"),
        ("https://timers.test:80", "Write http://timers.test"),
        ("https://ada:secret@timers.test", "holds a user name"),
        ("https://timers.test/?x=1", "has a query"),
        ("https://timers.test:99999", "no number from 1 to 65535"),
        ("https://", "names no host"),
        ("", "is no URL"),
    ],
)
def test_a_bad_url_gets_a_sentence(url, words):
    with pytest.raises(UsageError, match=words) as refused:
        check_url(url)
    assert "secret" not in str(refused.value)


def test_without_a_file_there_is_the_service_of_this_machine(tmp_path):
    assert load(tmp_path / "none.toml", None) == Profile("dev", LOCAL)
    with pytest.raises(
        UsageError, match=r"no profile 'prod'\. There are dev\. Make it: ws101 timers login --profile prod"
    ):
        load(tmp_path / "none.toml", "prod")


def test_profiles_are_kept_beside_each_other(tmp_path):
    file = tmp_path / "deep" / "timers.toml"
    dev, prod = (
        Profile("dev", "http://127.0.0.1:9000"),
        Profile("prod", "https://timers.test", 'a "quoted\\" file.pem'),
    )
    save(file, prod)
    save(file, dev)
    assert read(file) == {"dev": dev, "prod": prod}
    assert load(file, "prod") == prod
    assert load(file, None) == dev
    assert tomllib.loads(file.read_text())["prod"]["url"] == "https://timers.test"
    assert [each.name for each in file.parent.iterdir()] == ["timers.toml"]


@given(st.text(min_size=1))
def test_any_file_name_survives(tmp_path_factory, name):
    if "\x7f" in name or any(0xD800 <= ord(c) < 0xE000 for c in name):
        return  # TOML has no way to write the second, and the first is in no file's name
    file = tmp_path_factory.mktemp("profiles") / "timers.toml"
    save(file, Profile("dev", LOCAL, name))
    assert load(file, None).ca_file == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[dev", "Mend it"),
        ("dev = 1", "'dev' has no url"),
        ("[dev]\nurl = 5", "has no url that is text"),
        (
            "[dev]\nurl = 'http://timers.test:443'",
            "in the profile 'dev', the scheme 'http' and the port 443 disagree",
        ),
        ("['a b']\nurl = 'http://x.test'", "up to 40 letters"),
    ],
)
def test_a_broken_file_gets_a_sentence(tmp_path, text, words):
    file = tmp_path / "timers.toml"
    file.write_text(text)
    with pytest.raises(UnreadableInput, match=words):
        load(file, None)


@pytest.mark.parametrize("name", ["", "a/b", "../x", "x" * 41, "ä", "a b"])
def test_a_name_is_fit_for_files(name):
    with pytest.raises(UsageError):
        check_name(name)


def test_the_place_can_be_chosen(tmp_path):
    assert path({"WS101_TIMERS_PROFILES": str(tmp_path / "x.toml")}) == tmp_path / "x.toml"
    assert path({}).name == "timers.toml"


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UnreadableInput, match="Not a directory"):
        save(tmp_path / "file" / "timers.toml", Profile("dev", LOCAL))
