import asyncio
import socket
import threading

import pytest

from ws101.observed import Resolution
from ws101.probe.resolve import resolve


def resolved(host: str, **options: object) -> Resolution:
    return asyncio.run(resolve(host, 443, **options))


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("::1", "::1")])
def test_address_is_its_own_resolution(host, address):
    found = resolved(host)
    assert (found.addresses, found.literal, found.error) == ((address,), True, "")


def test_localhost_comes_from_the_hosts_file_without_duplicates():
    found = resolved("localhost")
    assert "127.0.0.1" in found.addresses
    assert len(set(found.addresses)) == len(found.addresses)
    assert not found.literal
    assert found.ms is not None


def test_family_filters():
    assert resolved("localhost", family=4).addresses == ("127.0.0.1",)
    assert resolved("127.0.0.1", family=6).error == "none of its addresses is IPv6: 127.0.0.1"


def test_overrides_go_before_the_resolver():
    given = {("App.test", 443): ["127.0.0.2", "[::1]", "127.0.0.2"]}
    assert resolved("app.TEST", overrides=given).addresses == ("127.0.0.2", "::1")
    assert resolved("app.test", overrides=given, family=6).addresses == ("::1",)
    assert resolved("any.test", overrides={("*", 443): ["127.0.0.3"]}).addresses == ("127.0.0.3",)


@pytest.mark.parametrize("host", ["a" * 64 + ".test", "a..test", "nul\0.test", ""])
def test_name_that_cannot_be_one_is_an_error_text(host):
    found = resolved(host)
    if host:
        assert found.addresses == ()
        assert found.error


def test_unknown_name_has_the_resolvers_words(monkeypatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert resolved("nowhere.test").error == "Name or service not known"


def test_hanging_resolver_hangs_neither_the_run_nor_the_exit(monkeypatch):
    release, daemons = threading.Event(), []

    def hang(*_: object, **__: object) -> list[object]:
        daemons.append(threading.current_thread().daemon)
        release.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        found = resolved("slow.test", within=0.05)
    finally:
        release.set()
    assert found.error == "the resolver did not answer within 0.05 s"
    assert daemons == [True]
