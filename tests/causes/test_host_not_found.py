from causes.building import make_evidence
from causes.connecting import PROXY, WORKS, ended, make_case, met, secure
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.host_not_found import CAUSE
from ws101.observed import Resolution
from ws101.terms import Certainty

NO_NAME = Resolution("ws101.test", (), "Name or service not known")


def test_name_that_does_not_resolve():
    ruling = CAUSE.judge(make_case(ended(Layer.NAME, Ending.UNKNOWN_NAME), names=NO_NAME))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert "Name or service not known" in ruling.facts[0].text
    assert ruling.remedy is not None
    assert ruling.remedy.command == "getent ahosts ws101.test"


def test_name_that_resolves_is_innocent():
    names = Resolution("ws101.test", ("192.0.2.1",))
    ruling = CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED), names=names))
    assert ruling == RuledOut("the name resolves to 192.0.2.1")


def test_a_forward_proxy_resolves_the_name_itself():
    sending = secure(forward_proxy=PROXY)
    ruling = CAUSE.judge(
        make_case(ended(Layer.FORWARD_PROXY, Ending.PROXY_REFUSED, sending=sending), names=NO_NAME)
    )
    assert isinstance(ruling, RuledOut)


def test_nobody_looked_and_a_working_handshake():
    assert isinstance(CAUSE.judge(make_evidence(None)), Unknown)
    assert CAUSE.judge(make_case(met(WORKS))) == RuledOut("the handshake works")
