from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence, make_sending
from causes.recorded import behind_nginx, recorded, seen
from causes.witnessed import named
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Unknown
from ws101.causes.upstream_scheme_mismatch import judge
from ws101.terms import Certainty

COMPLAINT = recorded("nginx-inner-plain-http-to-tls")
DOWN = recorded("nginx-502")
PLAIN = make_sending(tls=False, port=8080)


def test_the_complaint_comes_over_tls():
    assert judge(seen(COMPLAINT)).certainty is Certainty.LIKELY


def test_the_complaint_comes_from_a_port_that_speaks_no_tls():
    evidence = seen(COMPLAINT, {"tls-instead": COMPLAINT}, sending=PLAIN)
    failed = replace(evidence.attempts["tls-instead"], layer=Layer.TLS, ending=Ending.TLS_FAILED)
    ruling = judge(replace(evidence, attempts={**evidence.attempts, "tls-instead": failed}))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[1].source == "experiment tls-instead"


def test_the_port_itself_wants_tls():
    evidence = seen(recorded("nginx-plain-http-to-tls"), {"tls-instead": make_answer(101)}, sending=PLAIN)
    assert judge(evidence) == RuledOut("this very port wants TLS")


def test_nobody_spoke_tls_to_the_port():
    assert judge(seen(COMPLAINT, sending=PLAIN)) == Unknown("the same handshake over TLS (wss://)")


def test_a_next_hop_that_fails_may_have_other_reasons():
    assert judge(seen(DOWN)).certainty is Certainty.POSSIBLE
    assert judge(seen(DOWN, {"nonsense-path": make_answer(200)})).certainty is Certainty.POSSIBLE


def test_a_plain_get_reaches_the_server():
    assert judge(seen(DOWN, {"plain-get": make_answer(404)})).experiment == "plain-get"


def test_a_refusal_of_the_server_that_was_reached():
    assert isinstance(judge(behind_nginx(make_answer(404))), RuledOut)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")
    assert judge(make_evidence(None)) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


def test_the_server_cannot_read_whatever_the_proxy_sends():
    malformed = recorded("go-400")
    same = dict.fromkeys(("plain-get", "nonsense-path"), malformed)
    assert judge(behind_nginx(malformed, same)).certainty is Certainty.POSSIBLE
    assert isinstance(judge(seen(malformed, same)), RuledOut)


def test_the_server_cannot_read_what_the_proxy_sends():
    unread = recorded("uvicorn-400")
    same = {"plain-get": unread, "nonsense-path": unread}
    assert judge(behind_nginx(unread, same)).certainty is Certainty.POSSIBLE
    assert isinstance(judge(seen(unread, same)), RuledOut)


def test_the_server_of_this_path_alone_cannot_read_what_the_proxy_sends():
    unread = recorded("uvicorn-400")
    results = {"plain-get": unread, "nonsense-path": recorded("nginx-404"), "nonsense-below": unread}
    assert judge(behind_nginx(unread, results)).certainty is Certainty.POSSIBLE


def test_a_proxy_that_says_so_of_its_own_port():
    assert isinstance(judge(named("plaintext-to-tls-port", of_proxy=True)), RuledOut)
    assert judge(named("plaintext-to-tls-port")).certainty is Certainty.LIKELY
