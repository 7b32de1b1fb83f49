import pytest

from causes.refusals import (
    BARE,
    BASIC,
    EXPIRED,
    answered,
    bearer,
    carrying,
    certainty,
    cleared,
    closed,
    evidence,
    facts,
)
from tokens.minting import SECRET, minted
from ws101.causes.credentials_refused import CAUSE
from ws101.terms import Certainty
from ws101.tokens.verify import Keys

OLD = bearer(minted(**EXPIRED))


@pytest.mark.parametrize("refusal", [401, closed(4401)])
@pytest.mark.parametrize("request_", [bearer(minted()), bearer("opaque"), carrying(("Cookie", "session=x"))])
def test_a_plain_refusal_of_what_looks_good_makes_it_likely(refusal, request_):
    assert certainty(CAUSE, evidence(refusal, request_)) is Certainty.LIKELY


@pytest.mark.parametrize("refusal", [403, closed(1008)])
def test_a_refusal_without_reason_leaves_it_possible(refusal):
    assert certainty(CAUSE, evidence(refusal)) is Certainty.POSSIBLE


def test_a_handshake_that_works_without_the_token_proves_it():
    assert certainty(CAUSE, evidence(401, without_token=101)) is Certainty.PROVEN


def test_it_is_generic():
    assert CAUSE.generic


def test_it_says_what_was_looked_at():
    assert "signature fits" in facts(CAUSE, evidence(401, keys=Keys(SECRET)))
    assert "signature" not in facts(CAUSE, evidence(401))
    assert "answered alike" in facts(CAUSE, evidence(401, without_token=401))


def test_it_is_innocent_where_the_token_shows_its_fault():
    assert "itself" in cleared(CAUSE, evidence(401, OLD))


def test_it_stands_where_a_fresh_token_is_refused_as_well():
    assert certainty(CAUSE, evidence(401, OLD, Keys(SECRET), fresh_token=401)) is Certainty.LIKELY


def test_it_is_innocent_of_no_credentials_of_basic_and_of_other_refusals():
    assert cleared(CAUSE, evidence(401, BARE))
    assert cleared(CAUSE, evidence(answered(401, "", BASIC)))
    assert cleared(CAUSE, evidence(404))
    assert cleared(CAUSE, evidence(101))


def test_a_client_that_met_a_refusal_makes_it_possible():
    assert certainty(CAUSE, evidence(101, saw=401)) is Certainty.POSSIBLE
    assert cleared(CAUSE, evidence(101, saw=404))


def test_it_is_the_reason_why_the_socket_was_closed():
    assert CAUSE.judge(evidence(closed(4401))).behind == "closed-after-accept"
