"""What is made of the cause that a refusal names."""

import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.witnessed import make_document, named, witnessed
from tokens.minting import minted
from ws101.attempt import ForwardProxy, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.report import Fact
from ws101.terms import Certainty
from ws101.verdict.heed import DOCUMENT, heed, meant

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
    for path, meaning in (("/other", "proxy-rewrites-path"), ("/ws", "wrong-path")):
        document = make_document(
            "wrong-path", 404, detail=f'The path is "{path}"; the notifications are elsewhere.'
        )
        assert meant(make_evidence(make_attempt(answer=document))) == meaning


def test_an_upgrade_that_the_server_saw_with_another_value():
    garbled = witnessed("upgrade-header-missing", ("Upgrade", "http_upgrade"), without=("Upgrade",))
    assert meant(garbled) == "proxy-garbles-upgrade-headers"


def test_a_handshake_over_http_2_has_no_upgrade():
    sending = make_sending(http2=True)
    evidence = make_evidence(
        make_attempt(answer=make_document("proxy-drops-upgrade-headers"), sending=sending)
    )
    assert meant(evidence) == "upgrade-sent-over-http2"


def test_a_forward_proxy_that_drops_it_is_another_cause():
    proxy = ForwardProxy("proxy.test", 3128, tls=False, authorization=None, given_by="--proxy")
    sending = replace(make_sending(), forward_proxy=proxy)
    baseline = make_attempt(answer=make_document("proxy-drops-upgrade-headers"), sending=sending)
    evidence = make_evidence(baseline, {"without-forward-proxy": make_answer(101)})
    assert meant(evidence) == "forward-proxy-in-the-way"


def test_plain_http_to_a_server_with_tls_is_ours_or_a_proxys():
    document = make_document("plaintext-to-tls-port")
    plain = make_attempt(answer=document, sending=make_sending(tls=False))
    assert meant(make_evidence(plain)) == "plaintext-to-tls-port"
    no_tls = make_attempt("tls-instead", layer=Layer.TLS)
    assert (
        meant(replace(make_evidence(plain), attempts={"tls-instead": no_tls})) == "upstream-scheme-mismatch"
    )
    assert meant(make_evidence(make_attempt(answer=document))) == "upstream-scheme-mismatch"


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


def test_what_was_not_at_fault_when_it_was_sent_arose_on_the_way():
    heeded = heed("proxy-speaks-http-1.0", Unknown("more"), named("http-version-too-old"))
    assert [fact.source for fact in heeded.facts] == [DOCUMENT, "the request as sent"]
    assert len(heed("token-expired", Unknown("more"), named("token-expired")).facts) == 1
