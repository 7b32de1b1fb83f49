import pytest

from causes.building import HOST, make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_forwarded_proto_wrong import judge
from ws101.terms import Certainty


def redirect(location, status=301):
    return make_answer(status, headers={"Location": location})


@pytest.mark.parametrize("location", [f"https://{HOST}/ws", f"https://{HOST}:443/ws", f"wss://{HOST}/ws"])
def test_a_redirect_to_the_https_url_that_was_asked(location):
    assert judge(seen(redirect(location))).certainty is Certainty.LIKELY


def test_a_redirect_to_the_default_port_of_a_service_on_another():
    sending = make_sending(make_request(("Host", f"{HOST}:8443")), port=8443)
    assert judge(seen(redirect(f"https://{HOST}/ws"), sending=sending)).certainty is Certainty.LIKELY


def test_a_redirect_to_the_name_in_host():
    sending = make_sending(make_request(("Host", "site.test")))
    assert judge(seen(redirect("https://site.test/ws"), sending=sending)).certainty is Certainty.LIKELY


@pytest.mark.parametrize(
    "location",
    ["/ws", "", f"http://{HOST}/ws", f"https://{HOST}/ws/", "https://login.test/ws", f"https://{HOST}:9/ws"],
)
def test_a_redirect_to_somewhere_else(location):
    assert isinstance(judge(seen(redirect(location))), RuledOut)


def test_a_handshake_without_tls():
    plain = make_sending(tls=False)
    assert isinstance(judge(seen(redirect(f"https://{HOST}/ws"), sending=plain)), RuledOut)


def test_an_application_that_refuses_http_may_say_403():
    assert isinstance(judge(seen(make_answer(403))), Unknown)
    assert judge(seen(make_answer(404))) == RuledOut("nothing redirects to https")


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")
