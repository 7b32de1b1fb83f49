from causes.building import make_answer
from causes.connecting import dialled, ended, make_case, met
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.port_unreachable import CAUSE
from ws101.terms import Certainty


def test_no_address_takes_or_refuses_the_connection():
    seen = dialled(("192.0.2.1", Ending.TIMED_OUT), ("2001:db8::1", Ending.UNREACHABLE))
    ruling = CAUSE.judge(make_case(ended(Layer.TCP, Ending.TIMED_OUT), **seen))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert len(ruling.facts) == 2


def test_beside_a_refusal_it_is_one_of_two():
    seen = dialled(("192.0.2.1", Ending.TIMED_OUT), ("192.0.2.2", Ending.REFUSED))
    ruling = CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED), **seen))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_refusal_is_an_answer_of_the_host():
    ruling = CAUSE.judge(
        make_case(ended(Layer.TCP, Ending.REFUSED), **dialled(("192.0.2.1", Ending.REFUSED)))
    )
    assert ruling == RuledOut("the host answers")


def test_an_address_that_connects_clears_it():
    seen = dialled(("192.0.2.1", Ending.TIMED_OUT), ("192.0.2.2", None))
    assert isinstance(CAUSE.judge(make_case(met(make_answer(404)), **seen)), RuledOut)


def test_without_an_address_nobody_looked():
    assert isinstance(CAUSE.judge(make_case(ended(Layer.NAME, Ending.UNKNOWN_NAME))), Unknown)
