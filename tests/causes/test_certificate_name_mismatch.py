import pytest

from causes.connecting import WORKS, ended, make_case, make_certificate, make_look, met, secure, tls_failed
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.certificate_name_mismatch import CAUSE, fits
from ws101.terms import Certainty

OTHERS = make_look(make_certificate(names=("example.com", "*.example.com")))
FAILED = tls_failed(code=62, detail="Hostname mismatch, certificate is not valid for 'ws101.test'.")


@pytest.mark.parametrize(
    ("pattern", "asked"),
    [
        ("example.com", "example.com"),
        ("example.com", "EXAMPLE.com."),
        ("*.example.com", "a.example.com"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:0::1", "[2001:db8::1]"),
    ],
)
def test_names_that_fit(pattern, asked):
    assert fits(pattern, asked)


@pytest.mark.parametrize(
    ("pattern", "asked"),
    [
        ("*.example.com", "example.com"),
        ("*.example.com", "a.b.example.com"),
        ("*.example.com", ".example.com"),
        ("*.com", "example.com"),
        ("a*.example.com", "ab.example.com"),
        ("*.2.1", "192.0.2.1"),
        ("*.0.2.1", "192.0.2.1"),
        ("example.com", "192.0.2.1"),
        ("*", "localhost"),
    ],
)
def test_names_that_do_not_fit(pattern, asked):
    assert not fits(pattern, asked)


def test_proven_when_only_the_name_stands_in_the_way():
    ruling = CAUSE.judge(make_case(FAILED, {"name-unchecked": met(WORKS)}, look=OTHERS))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert "example.com, *.example.com" in ruling.facts[1].text
    assert ruling.remedy is not None
    assert "example.com" in ruling.remedy.text


def test_likely_beside_another_fault_of_the_certificate():
    ruling = CAUSE.judge(make_case(tls_failed(code=18), {"name-unchecked": tls_failed(code=18)}, look=OTHERS))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


def test_a_wildcard_taken_for_more_than_it_is():
    deep = secure(host="a.b.example.com")
    ruling = CAUSE.judge(make_case(tls_failed(code=62, sending=deep), look=OTHERS))
    assert isinstance(ruling, Supported)
    assert ruling.facts[-1].text == "*.example.com stands for exactly one label before example.com"


def test_an_address_where_the_certificate_has_a_name():
    ruling = CAUSE.judge(make_case(tls_failed(code=64, sending=secure(host="192.0.2.1")), look=OTHERS))
    assert isinstance(ruling, Supported)


def test_a_certificate_for_this_name_is_innocent():
    evidence = make_case(
        tls_failed(code=10), {"name-unchecked": tls_failed(code=10)}, look=make_look(make_certificate())
    )
    assert CAUSE.judge(evidence) == RuledOut("the certificate is for ws101.test")


def test_many_names_are_cut_short():
    names = tuple(f"n{n}.example.com" for n in range(20))
    ruling = CAUSE.judge(make_case(FAILED, look=make_look(make_certificate(names=names))))
    assert isinstance(ruling, Supported)
    assert ruling.facts[1].text.endswith("and 12 more")


def test_a_certificate_with_a_common_name_alone_is_left_to_openssl():
    nameless = make_look(make_certificate(names=()))
    assert isinstance(CAUSE.judge(make_case(tls_failed(code=18), look=nameless)), Unknown)
    assert isinstance(CAUSE.judge(make_case(FAILED, look=nameless)), Supported)


def test_not_seen_and_a_working_handshake():
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TLS, Ending.CLOSED))), Unknown)
    assert isinstance(CAUSE.judge(make_case(met(WORKS))), RuledOut)
