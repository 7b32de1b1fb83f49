from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.handshake.location import Location, resolve

PLAIN = Location(tls=False, host="h.test", port=8080, target="/a/b?c=d")
SECURE = Location(tls=True, host="h.test", port=443, target="/")


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("/x", "ws://h.test:8080/x"),
        ("x", "ws://h.test:8080/a/x"),
        ("../x?y", "ws://h.test:8080/x?y"),
        ("?y=z", "ws://h.test:8080/a/b?y=z"),
        ("//other.test/x", "ws://other.test:80/x"),
        ("https://h.test", "wss://h.test:443/"),
        ("https://h.test:8443/x", "wss://h.test:8443/x"),
        ("http://H.TEST/x", "ws://h.test:80/x"),
        ("wss://h.test/x", "wss://h.test:443/x"),
        ("ws://h.test:9000?a", "ws://h.test:9000/?a"),
        ("https://user:pass@h.test/x", "wss://h.test:443/x"),
        ("/x#part", "ws://h.test:8080/x"),
        ("http://[::1]:9000/x", "ws://[::1]:9000/x"),
    ],
)
def test_a_reference_is_resolved_as_a_client_does(reference, url):
    found = resolve(PLAIN, reference)
    assert found is not None
    assert found.url == url


def test_relative_to_tls_it_stays_there():
    assert resolve(SECURE, "/x") == Location(tls=True, host="h.test", port=443, target="/x")


def test_relative_to_an_address_of_ipv6():
    found = resolve(Location(tls=False, host="::1", port=8080, target="/"), "/x")
    assert found == Location(tls=False, host="::1", port=8080, target="/x")


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "mailto:x@h.test",
        "javascript:void(0)",
        "ftp://h.test/",
        "http://[::1/",
        "http://h:99999/",
        "https:///x",
    ],
)
def test_what_names_no_place_to_ask(reference):
    assert resolve(PLAIN, reference) is None


@given(st.one_of(st.text(), st.text(st.sampled_from("htps:/@[]?#%.\\0 \t\r\n"), max_size=25)))
def test_any_text_is_a_place_or_none(reference):
    found = resolve(PLAIN, reference)
    if found is not None:
        assert found.target.startswith("/")
        assert 0 < found.port < 65536
        assert not set("\r\n") & set(found.target)
        assert urlsplit(found.url).port == found.port
