import pytest

from causes.refusals import (
    BARE,
    BASIC,
    BEARER,
    answered,
    carrying,
    certainty,
    cleared,
    closed,
    evidence,
    facts,
)
from ws101.cause import Unknown
from ws101.causes.token_missing import CAUSE
from ws101.terms import Certainty


@pytest.mark.parametrize(
    "refusal", [401, answered(401, "", BEARER), answered(403, "", BEARER), closed(4401), closed(3000)]
)
def test_a_refusal_that_speaks_of_credentials_makes_it_likely(refusal):
    assert certainty(CAUSE, evidence(refusal, BARE)) is Certainty.LIKELY


@pytest.mark.parametrize("refusal", [403, closed(1008), closed(4403)])
def test_a_refusal_without_reason_leaves_it_possible(refusal):
    assert certainty(CAUSE, evidence(refusal, BARE)) is Certainty.POSSIBLE


def test_the_server_s_own_words_make_it_likely_whatever_the_status():
    found = evidence(answered(400, '{"error": "No authorization token was found"}'), BARE)
    assert certainty(CAUSE, found) is Certainty.LIKELY
    assert "No authorization token was found" in facts(CAUSE, found)


def test_a_name_and_password_are_no_token():
    assert (
        certainty(CAUSE, evidence(answered(401, "", BEARER), carrying(("Authorization", "Basic YTpi"))))
        is Certainty.LIKELY
    )


def test_it_is_innocent_where_a_token_was_sent():
    assert "carries a token in the Authorization header" in cleared(CAUSE, evidence(401))


def test_it_is_innocent_where_basic_is_wanted():
    assert "Basic" in cleared(CAUSE, evidence(answered(401, "", BASIC), BARE))


@pytest.mark.parametrize("other", [404, 400, 502, closed(1011), answered(200)])
def test_it_is_innocent_of_other_refusals(other):
    assert cleared(CAUSE, evidence(other, BARE))


def test_it_is_innocent_where_the_handshake_works():
    assert cleared(CAUSE, evidence(101))
    assert "without a token" in cleared(CAUSE, evidence(101, BARE, saw=401))


def test_the_damage_that_gives_the_client_s_status_makes_it_possible():
    assert certainty(CAUSE, evidence(101, saw=401, without_token=401)) is Certainty.POSSIBLE
    assert "gives 403 here" in cleared(CAUSE, evidence(101, saw=401, without_token=403))
    assert isinstance(CAUSE.judge(evidence(101, saw=401)), Unknown)
