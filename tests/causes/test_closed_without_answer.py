import pytest

from causes.building import make_answer
from causes.connecting import WORKS, ended, make_case, met
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.closed_without_answer import CAUSE
from ws101.terms import Certainty


@pytest.mark.parametrize("ending", [Ending.CLOSED, Ending.RESET])
@pytest.mark.parametrize("layer", [Layer.HTTP, Layer.TLS])
def test_closed_or_reset(layer, ending):
    ruling = CAUSE.judge(make_case(ended(layer, ending)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_facts_tell_what_is_answered_instead():
    evidence = make_case(ended(Layer.HTTP, Ending.CLOSED), {"plain-get": met(make_answer(200))})
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, Supported)
    assert "a plain GET of the same path: 200" in [fact.text for fact in ruling.facts]


def test_it_says_what_was_seen_and_no_more():
    assert CAUSE.generic


@pytest.mark.parametrize("answer", [make_answer(400), WORKS])
def test_an_answer_clears_it(answer):
    assert CAUSE.judge(make_case(met(answer))) == RuledOut("an answer came")


def test_silence_is_no_close():
    assert isinstance(CAUSE.judge(make_case(ended(Layer.HTTP, Ending.SILENT))), RuledOut)


def test_without_a_connection_nobody_looked():
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED))), Unknown)


def test_closed_as_soon_as_the_connection_stood():
    ruling = CAUSE.judge(make_case(ended(Layer.TCP, Ending.RESET)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE
