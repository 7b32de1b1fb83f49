from pathlib import Path

import pytest

from ws101.errors import UsageError
from ws101.timers.server.configuration import ABOUT, SETTINGS, configure
from ws101.timers.settings import ServiceSettings


def test_every_setting_is_explained_and_named_once():
    assert list(ABOUT) == [setting.name for setting in SETTINGS]
    assert len({setting.flag for setting in SETTINGS}) == len(SETTINGS)
    assert not any(text.endswith(".") for text in ABOUT.values())


def test_without_a_word_all_is_default():
    assert configure({}, {}) == ServiceSettings()


def test_a_flag_comes_before_a_variable_and_that_before_the_file():
    file, environ, flags = (
        "port = 1\nhost = 'a'\nissuer = 'x'",
        {"WS101_TIMERS_PORT": "2", "WS101_TIMERS_HOST": "b"},
        {"port": "3"},
    )
    found = configure(flags, environ, file)
    assert (found.port, found.host, found.issuer) == (3, "b", "x")


def test_every_kind_from_text_and_from_toml():
    environ = {
        "WS101_TIMERS_PORT": " 9000 ", "WS101_TIMERS_REGISTRATION": "No", "WS101_TIMERS_HEAD_TIMEOUT": "2.5",
        "WS101_TIMERS_DATA": "/var/lib/timers", "WS101_TIMERS_ADMINS": "a@b.c, d@e.f,", "WS101_TIMERS_ISSUER": "me",
        "WS101_TIMERS_TLS_KEY": "", "PATH": "/bin",
    }  # fmt: skip
    file = """
        port = 9000
        registration = false
        head_timeout = 2.5
        data = "/var/lib/timers"
        admins = ["a@b.c", "d@e.f"]
        issuer = "me"
    """
    assert configure({}, environ) == configure({}, {}, file)
    assert configure({}, environ).admins == ("a@b.c", "d@e.f")
    assert configure({"admins": ["x@y.z", "a@b.c"], "registration": False}, {}).admins == ("x@y.z", "a@b.c")


def test_paths_in_a_file_are_beside_it():
    found = configure(
        {},
        {},
        "data = 'data'\nsecret_file = '/run/secret'\nalgorithm = 'HS256'",
        Path("/etc/timers/service.toml"),
    )
    assert (found.data, found.secret_file) == (Path("/etc/timers/data"), Path("/run/secret"))


def test_an_empty_list_takes_the_default_away():
    assert configure({}, {}, "trusted_proxies = []").trusted_proxies == ()


@pytest.mark.parametrize(
    ("flags", "environ", "file", "said"),
    [
        ({"port": "x"}, {}, None, "--port is 'x', and a whole number"),
        ({"port": "80.5"}, {}, None, "a whole number"),
        ({"port": "65536"}, {}, None, "from 1 to 65535"),
        ({}, {"WS101_TIMERS_PORT": "tcp://10.0.0.1:8080"}, None, "enableServiceLinks"),
        ({}, {"WS101_TIMERS_PROT": "1"}, None, "Did you mean WS101_TIMERS_PORT"),
        ({}, {"WS101_TIMERS_REGISTRATION": "maybe"}, None, "true or false"),
        ({}, {}, "prot = 1", "Did you mean port"),
        ({}, {}, "what = 1", "there is no setting 'what'"),
        ({}, {}, "tls-key = 'x'", "Did you mean tls_key"),
        ({}, {}, "port = true", "port is True, and a whole number"),
        ({}, {}, "port = [1]", "a whole number"),
        ({}, {}, "admins = 'a'\nport", "is no TOML"),
        ({}, {}, "admins = [1]", "a list of texts"),
        ({}, {}, "issuer = ''", "a text"),
        ({}, {}, "data = 1", "a path"),
        ({"algorithm": "none"}, {}, None, "EdDSA, RS256, HS256"),
        ({"log": "xml"}, {}, None, "auto, text, json"),
        ({"max_frame": "0"}, {}, None, "more than 0"),
        ({"drain_timeout": "nan"}, {}, None, "more than 0"),
        ({"tls_key": "key.pem"}, {}, None, "both --tls-certificate and --tls-key"),
        ({"ping_interval": "80"}, {}, None, "come too late"),
        ({"foreign_tokens": True}, {}, None, "--secret-file"),
        ({"trusted_proxies": ["nginx"]}, {}, None, "addresses or networks"),
        ({"metrics_from": ["10.0.0.0/99"]}, {}, None, "addresses or networks"),
        ({"origins": ["app.example"]}, {}, None, "https://app.example"),
        ({"origins": ["https://app.example/"]}, {}, None, "no slash at the end"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_with_what_can(flags, environ, file, said):
    with pytest.raises(UsageError) as caught:
        configure(flags, environ, file, Path("service.toml"))
    assert said in str(caught.value)
    assert str(caught.value).endswith((".", "?", "…"))


def test_kubernetes_variables_of_a_service_are_passed_over():
    environ = {"WS101_TIMERS_SERVICE_HOST": "10.0.0.1", "WS101_TIMERS_PORT_8080_TCP": "tcp://10.0.0.1:8080"}
    assert configure({}, environ) == ServiceSettings()
