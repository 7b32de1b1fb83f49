import pytest
from msgspec.structs import replace

from causes.building import HOST, make_answer, make_request, make_sending
from causes.connecting import PROXY, TLS_1_3, dialled, make_certificate, make_look, met
from experiments.baselines import DIRECT, asking, changed, seen, sent, tried
from ws101.attempt import Ending
from ws101.experiments import fields, way


def test_the_repeat_is_the_same():
    sending = make_sending()
    assert sent(way.REPEAT, sending) == sending


@pytest.mark.parametrize(("status", "waits"), [(429, True), (503, True), (500, False), (400, False)])
def test_only_limits_are_waited_for(status, waits):
    there = tried(way.AFTER_PAUSE, answer=make_answer(status))
    assert (there is not None and there.pause >= 1) == waits


def test_around_the_forward_proxy():
    sending = replace(make_sending(), forward_proxy=PROXY)
    assert sent(way.WITHOUT_PROXY, sending) == make_sending()
    assert tried(way.WITHOUT_PROXY) is None


def test_straight_to_the_server_goes_the_users_own_request():
    request = make_request(("X-One", "1"), target="/ws?a=b")
    there = sent(way.DIRECT, make_sending(request), direct=DIRECT)
    assert there == replace(DIRECT, request=request)
    assert tried(way.DIRECT, there, direct=DIRECT) is None


def test_the_server_may_serve_another_path():
    inner = replace(DIRECT, request=make_request(target="/inner?x"))
    there = sent(way.DIRECT, asking(("X-One", "1"), target="/ws?a=b"), direct=inner)
    assert (there.request.target, there.request.headers.get("x-one")) == ("/inner?x", "1")


def test_no_server_is_named():
    assert tried(way.DIRECT) is None
    assert tried(way.direct_and(fields.PLAIN_GET)) is None


def test_straight_to_the_server_with_a_damage():
    both = way.direct_and(fields.PLAIN_GET)
    there = sent(both, direct=DIRECT)
    assert both.name == "direct-plain-get"
    assert (there.host, there.port, there.address) == (DIRECT.host, DIRECT.port, DIRECT.address)
    assert "upgrade" not in there.request.headers


def test_a_damage_that_changes_nothing_is_not_sent_there_either():
    assert tried(way.direct_and(way.WITHOUT_QUERY), direct=DIRECT) is None


def test_the_query_is_left_out():
    assert sent(way.WITHOUT_QUERY, asking(target="/ws?a=b")).request.target == "/ws"
    assert tried(way.WITHOUT_QUERY, asking(target="/ws")) is None


def test_a_proxy_line_goes_first_and_once():
    there = sent(way.PROXY_LINE)
    assert there.preamble.startswith(b"PROXY TCP4 ")
    assert there.preamble.endswith(b"\r\n")
    assert changed(make_sending(), there) == {"preamble"}
    assert tried(way.PROXY_LINE, there) is None
    assert tried(way.PROXY_LINE, replace(make_sending(), forward_proxy=PROXY)) is None


def test_http_2_needs_tls():
    assert sent(way.HTTP_2).http2
    assert tried(way.HTTP_2, make_sending(tls=False)) is None
    assert tried(way.HTTP_2, make_sending(http2=True)) is None


@pytest.mark.parametrize(("chosen", "tries"), [("h2", True), ("http/1.1", False), ("", False)])
def test_http_2_is_not_tried_where_the_server_chose_otherwise(chosen, tries):
    look = replace(make_look(make_certificate()), session=replace(TLS_1_3, alpn=chosen))
    assert (tried(way.HTTP_2, look=look) is not None) == tries


def test_forwarded_names_an_address_for_documents():
    assert sent(way.FORWARDED).request.headers.get("x-forwarded-for").startswith("203.0.113.")


# ---- addresses


def addresses(*outcomes, baseline="192.0.2.1", sending=None):
    evidence = seen(sending or make_sending(), **dialled(*outcomes))
    evidence = replace(evidence, baseline=replace(met(make_answer(400)), address=baseline))
    made = way.each_address(evidence.sending, evidence)
    return [e.apply(evidence.sending, evidence).address for e in made]


def test_every_further_address_that_answers_is_tried():
    known = ("192.0.2.1", None), ("192.0.2.2", None), ("192.0.2.3", Ending.REFUSED), ("2001:db8::1", None)
    assert addresses(*known) == ["192.0.2.2", "2001:db8::1"]


def test_no_more_than_four():
    assert len(addresses(*((f"192.0.2.{n}", None) for n in range(1, 9)))) == 4


def test_one_address_alone_is_the_baselines():
    assert addresses(("192.0.2.1", None)) == []


@pytest.mark.parametrize(
    "sending", [replace(make_sending(), address="192.0.2.1"), replace(make_sending(), forward_proxy=PROXY)]
)
def test_a_pinned_address_or_a_forward_proxy_leaves_no_choice(sending):
    assert addresses(("192.0.2.1", None), ("192.0.2.2", None), sending=sending) == []


def test_names_are_told_apart():
    evidence = seen(**dialled(("192.0.2.2", None), ("192.0.2.3", None)))
    made = way.each_address(evidence.sending, evidence)
    assert [e.name for e in made] == ["address-192.0.2.2", "address-192.0.2.3"]
    assert {e.apply(evidence.sending, evidence).host for e in made} == {HOST}


def test_a_path_of_the_server_keeps_the_users_query():
    inner = replace(DIRECT, request=make_request(target="/inner"))
    there = sent(way.DIRECT, asking(target="/ws?token=x"), direct=inner)
    assert there.request.target == "/inner?token=x"
