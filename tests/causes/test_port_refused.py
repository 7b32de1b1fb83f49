import pytest

from causes.building import make_answer
from causes.connecting import PROXY, WORKS, dialled, ended, make_case, met, secure
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.port_refused import CAUSE
from ws101.terms import Certainty

REFUSED = ended(Layer.TCP, Ending.REFUSED, "Connection refused")


def test_every_address_refuses():
    seen = dialled(("192.0.2.1", Ending.REFUSED), ("2001:db8::1", Ending.REFUSED))
    ruling = CAUSE.judge(make_case(REFUSED, **seen))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert [fact.text.split()[0] for fact in ruling.facts] == ["192.0.2.1", "2001:db8::1"]
    assert ruling.remedy is not None
    assert ":443" in (ruling.remedy.command or "")


def test_baseline_alone_tells_when_no_address_was_dialled():
    ruling = CAUSE.judge(make_case(REFUSED))
    assert isinstance(ruling, Supported)
    assert ruling.facts[0].text == "port 443: Connection refused"


def test_one_address_that_connects_clears_it():
    seen = dialled(("192.0.2.1", Ending.REFUSED), ("192.0.2.2", None))
    assert isinstance(CAUSE.judge(make_case(REFUSED, **seen)), RuledOut)


def test_time_outs_are_no_refusal():
    seen = dialled(("192.0.2.1", Ending.TIMED_OUT))
    ruling = CAUSE.judge(make_case(ended(Layer.TCP, Ending.TIMED_OUT), **seen))
    assert ruling == RuledOut("no address refuses the connection")


@pytest.mark.parametrize("answer", [make_answer(404), WORKS])
def test_an_answer_clears_it(answer):
    assert isinstance(CAUSE.judge(make_case(met(answer))), RuledOut)


def test_behind_a_forward_proxy_nobody_looked():
    sending = secure(forward_proxy=PROXY)
    ruling = CAUSE.judge(make_case(ended(Layer.FORWARD_PROXY, Ending.PROXY_REFUSED, sending=sending)))
    assert ruling == Unknown("the same handshake without the forward proxy")
