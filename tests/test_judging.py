"""What is made of a server's own word: the cause that its refusal names, and its record of what it saw."""

import pytest

from causes.building import make_answer, make_attempt, make_evidence, make_request
from causes.witnessed import named, witnessed
from tokens.minting import minted
from ws101.cause import RuledOut, Supported, Unknown
from ws101.judging import DOCUMENT, RECORD, crossed, heed, meant, told
from ws101.report import Certainty, Fact, Fate

POSSIBLE, LIKELY, PROVEN = Certainty.POSSIBLE, Certainty.LIKELY, Certainty.PROVEN
SEEN = (Fact("seen", "here"),)
BEARER = ("Authorization", f"Bearer {minted()}")


def test_a_named_cause_is_likely_whatever_was_looked_at():
    for ruling in (Unknown("more"), RuledOut("no")):
        heeded = heed("token-expired", ruling, named("token-expired"))
        assert (heeded.certainty, heeded.named, heeded.facts[0].source) == (LIKELY, True, DOCUMENT)


def test_what_was_seen_of_a_named_cause_stays_and_is_not_made_less_sure():
    evidence = named("token-expired")
    assert heed("token-expired", Supported(POSSIBLE, SEEN, latent=True), evidence).certainty is LIKELY
    proven = heed("token-expired", Supported(PROVEN, SEEN), evidence)
    assert (proven.certainty, proven.facts[0], proven.latent) == (PROVEN, SEEN[0], False)


def test_no_other_cause_is_touched():
    ruling = Supported(POSSIBLE, SEEN)
    assert heed("token-missing", ruling, named("token-expired")) is ruling
    plain = make_evidence(make_attempt(answer=make_answer(401, "no")))
    assert heed("token-expired", ruling, plain) is ruling


@pytest.mark.parametrize(
    ("cause", "without", "meaning"),
    [
        ("proxy-drops-upgrade-headers", (), "proxy-drops-upgrade-headers"),
        ("upgrade-header-missing", (), "proxy-drops-upgrade-headers"),
        ("proxy-drops-upgrade-headers", ("Upgrade",), "upgrade-header-missing"),
        ("proxy-drops-upgrade-headers", ("Connection",), "connection-header-lacks-upgrade"),
        ("upgrade-header-missing", ("Upgrade", "Connection"), "upgrade-header-missing"),
        ("connection-header-lacks-upgrade", (), "proxy-garbles-upgrade-headers"),
        ("connection-header-lacks-upgrade", ("Connection",), "connection-header-lacks-upgrade"),
        ("websocket-key-invalid", (), "proxy-garbles-upgrade-headers"),
        ("websocket-key-invalid", ("Sec-WebSocket-Key",), "websocket-key-invalid"),
        ("websocket-version-unsupported", ("Sec-WebSocket-Version",), "websocket-version-unsupported"),
        ("http-version-too-old", (), "proxy-speaks-http-1.0"),
        ("token-missing", (), "token-missing"),
        ("origin-rejected", (), "origin-rejected"),
    ],
)
def test_what_a_server_names_is_read_by_what_was_sent(cause, without, meaning):
    assert meant(named(cause, make_request(without=without))) == meaning


@pytest.mark.parametrize(
    ("fields", "target", "meaning"),
    [
        ((BEARER,), "/ws", "proxy-strips-authorization"),
        ((), f"/ws?token={minted()}", "proxy-strips-query"),
        ((("Cookie", f"token={minted()}"),), "/ws", "token-in-wrong-place"),
        ((("Authorization", "Basic dTpw"),), "/ws", "token-missing"),
    ],
)
def test_a_token_that_was_sent_and_is_missed(fields, target, meaning):
    assert meant(named("token-missing", make_request(*fields, target=target), 401)) == meaning


def test_an_old_version_that_was_sent():
    assert meant(named("http-version-too-old", make_request(version="HTTP/1.0"))) == "http-version-too-old"


def test_a_path_that_was_changed_on_the_way():
    assert meant(named("wrong-path", status=404)) == "wrong-path"
    assert meant(witnessed("wrong-path", target="/other", status=404)) == "proxy-rewrites-path"


@pytest.mark.parametrize(
    ("cause", "meaning"),
    [
        ("server-overloaded", "proxy-limits-rate"),
        ("server-error", ""),
        ("upstream-refused", "upstream-refused"),
    ],
)
def test_a_proxys_own_document_is_read_as_a_proxys(cause, meaning):
    assert meant(named(cause, status=503, of_proxy=True)) == meaning


def test_what_went_astray_is_told_as_facts():
    evidence = witnessed(
        "proxy-drops-upgrade-headers",
        ("Connection", "close"),
        without=("Upgrade", "Connection"),
        version="HTTP/1.0",
    )
    lost, changed, version = crossed(evidence, "Upgrade", "Connection", "Host", "version")
    assert (lost.fate, changed.fate) == (Fate.LOST, Fate.CHANGED)
    assert told(lost) == Fact("`Upgrade` was sent, and the server saw none", RECORD)
    assert told(changed).text == "`Connection` was sent as `Upgrade`, and the server saw `close`"
    assert told(version).text == "the version was sent as `HTTP/1.1`, and the server saw `HTTP/1.0`"


def test_without_a_record_nothing_went_astray():
    assert crossed(named("token-expired"), "Upgrade", "Host") == ()
