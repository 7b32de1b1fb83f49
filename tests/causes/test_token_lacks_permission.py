from causes.refusals import BARE, BASIC, answered, certainty, cleared, closed, evidence
from ws101.cause import Unknown
from ws101.causes.token_lacks_permission import CAUSE
from ws101.terms import Certainty


def test_insufficient_scope_makes_it_likely():
    said = ("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="timers"')
    assert certainty(CAUSE, evidence(answered(403, "", said))) is Certainty.LIKELY


def test_a_403_that_would_be_a_401_without_the_token_makes_it_likely():
    assert certainty(CAUSE, evidence(403, without_token=401)) is Certainty.LIKELY
    assert certainty(CAUSE, evidence(403, broken_token=401)) is Certainty.LIKELY


def test_a_close_that_says_forbidden_leaves_it_possible():
    assert certainty(CAUSE, evidence(closed(4403))) is Certainty.POSSIBLE


def test_a_bare_403_says_nothing():
    assert isinstance(CAUSE.judge(evidence(403)), Unknown)
    assert isinstance(CAUSE.judge(evidence(403, without_token=403, broken_token=403)), Unknown)


def test_it_is_innocent_of_a_401_and_of_other_refusals():
    assert "who you are" in cleared(CAUSE, evidence(401))
    assert cleared(CAUSE, evidence(404))
    assert cleared(CAUSE, evidence(403, BARE))
    assert cleared(CAUSE, evidence(answered(401, "", BASIC)))
    assert cleared(CAUSE, evidence(101))
