import pytest

from causes.refusals import BARE, EXPIRED, answered, bearer, certainty, cleared, closed, evidence
from tokens.minting import SECRET, minted
from ws101.cause import Unknown
from ws101.causes.token_user_unknown import CAUSE
from ws101.terms import Certainty
from ws101.tokens.verify import Keys

KEYS = Keys(SECRET)


@pytest.mark.parametrize(
    "refusal",
    [answered(401, "User not found"), answered(404, "no such user"), closed(1008, "user does not exist")],
)
def test_the_server_s_words_make_it_likely(refusal):
    assert certainty(CAUSE, evidence(refusal)) is Certainty.LIKELY


def test_a_verified_token_whose_broken_twin_is_answered_otherwise_makes_it_possible():
    bad = answered(401, "bad signature")
    assert certainty(CAUSE, evidence(401, keys=KEYS, broken_token=bad)) is Certainty.POSSIBLE
    assert isinstance(CAUSE.judge(evidence(401, broken_token=bad)), Unknown)
    assert isinstance(CAUSE.judge(evidence(401, keys=KEYS, broken_token=401)), Unknown)


def test_it_is_innocent_of_a_token_with_a_fault_of_its_own():
    assert cleared(CAUSE, evidence(401, bearer(minted(**EXPIRED))))


def test_it_is_innocent_of_other_refusals():
    assert cleared(CAUSE, evidence(404))
    assert cleared(CAUSE, evidence(401, BARE))
    assert cleared(CAUSE, evidence(101))
