import pytest

from ws101.attempt import ForwardProxy
from ws101.errors import UsageError
from ws101.probe.forward import exempt, from_environment, parse


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("http://proxy.test:3128", "proxy.test", 3128, False),
        ("proxy.test:3128/", "proxy.test", 3128, False),
        ("proxy.test", "proxy.test", 1080, False),
        ("HTTPS://proxy.test", "proxy.test", 443, True),
        ("http://[::1]:8080", "::1", 8080, False),
    ],
)
def test_url_of_a_proxy(url, host, port, tls):
    assert parse(url, "--proxy") == ForwardProxy(host, port, tls, None, "--proxy")


def test_user_and_password_become_basic_and_stay_out_of_the_repr():
    proxy = parse("http://me:p%40ss@proxy.test:1", "--proxy")
    assert proxy.authorization == "Basic bWU6cEBzcw=="
    assert "bWU6" not in repr(proxy)


@pytest.mark.parametrize(
    "url",
    [
        "socks5://me:hidden@p.test",
        "ftp://me:hidden@p.test",
        "http://me:hidden@p:x",
        "http://me:hidden@",
        "http://p:0",
    ],
)
def test_unusable_url_is_a_usage_error_without_the_password(url):
    with pytest.raises(UsageError) as told:
        parse(url, "https_proxy")
    assert str(told.value).startswith("https_proxy: ")
    assert "hidden" not in str(told.value)
    assert told.value.__cause__ is None


@pytest.mark.parametrize(
    ("environ", "scheme", "given_by"),
    [
        ({"HTTPS_PROXY": "p:1"}, "wss", "HTTPS_PROXY"),
        ({"https_proxy": "p:1", "HTTPS_PROXY": "q:1"}, "wss", "https_proxy"),
        ({"HTTPS_PROXY": "p:1"}, "ws", None),
        ({"http_proxy": "p:1"}, "ws", "http_proxy"),
        ({"HTTP_PROXY": "p:1"}, "ws", None),
        ({"ALL_PROXY": "p:1"}, "ws", "ALL_PROXY"),
        ({"https_proxy": "", "all_proxy": "p:1"}, "wss", "all_proxy"),
        ({}, "wss", None),
    ],
)
def test_variable_for_the_scheme(environ, scheme, given_by):
    found = from_environment(environ, scheme, "app.test", 443)
    assert (found and found.given_by) == given_by


def test_loopback_is_exempt_only_when_no_proxy_says_so():
    environ = {"https_proxy": "p:1"}
    assert from_environment(environ, "wss", "127.0.0.1", 443)
    assert from_environment({**environ, "NO_PROXY": "127.0.0.0/8"}, "wss", "127.0.0.1", 443) is None


@pytest.mark.parametrize(
    ("no_proxy", "host", "port", "expected"),
    [
        ("*", "app.test", 443, True),
        ("app.test", "app.test", 443, True),
        ("APP.test", "app.test.", 443, True),
        ("app.test", "x.app.test", 443, True),
        (".app.test", "app.test", 443, True),
        ("app.test", "myapp.test", 443, False),
        ("other.test, app.test", "app.test", 443, True),
        ("other.test app.test", "app.test", 443, True),
        ("app.test:8443", "app.test", 8443, True),
        ("app.test:8443", "app.test", 443, False),
        ("*,x", "app.test", 443, False),
        ("10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("10.1.2.3", "10.1.2.3", 443, True),
        ("::1", "[::1]", 443, True),
        ("[::1]:443", "::1", 443, True),
        ("fe80::/10", "fe80::1", 443, True),
        ("fe80::/10", "10.1.2.3", 443, False),
        ("nonsense", "10.1.2.3", 443, False),
        ("", "app.test", 443, False),
        (".", "app.test", 443, False),
    ],
)
def test_no_proxy(no_proxy, host, port, expected):
    assert exempt(no_proxy, host, port) is expected
