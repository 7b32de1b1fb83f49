import pytest

from causes.refusals import (
    BARE,
    BASIC,
    EXPIRED,
    answered,
    bearer,
    certainty,
    cleared,
    closed,
    cut_off,
    evidence,
    facts,
)
from tokens.minting import NOW, SECRET, minted
from ws101.cause import Supported, Unknown
from ws101.causes.token_expired import CAUSE
from ws101.terms import Certainty
from ws101.tokens.verify import Keys

OLD = bearer(minted(**EXPIRED))


@pytest.mark.parametrize("refusal", [401, 403, closed(1008), closed(4401)])
def test_an_expired_token_and_a_refusal_of_credentials_make_it_likely(refusal):
    found = evidence(refusal, OLD)
    assert certainty(CAUSE, found) is Certainty.LIKELY
    assert "it expired 1 h ago by the server's clock" in facts(CAUSE, found)


def test_a_fresh_token_that_is_accepted_proves_it():
    assert certainty(CAUSE, evidence(401, OLD, Keys(SECRET), fresh_token=101)) is Certainty.PROVEN
    assert certainty(CAUSE, evidence(401, OLD, Keys(SECRET), fresh_token=404)) is Certainty.PROVEN


def test_a_fresh_token_that_mends_two_faults_proves_neither():
    both = bearer(minted(secret=b"other", **EXPIRED))
    assert certainty(CAUSE, evidence(401, both, Keys(SECRET), fresh_token=101)) is Certainty.LIKELY
    quoted = bearer(f'"{minted(**EXPIRED)}"')
    assert certainty(CAUSE, evidence(401, quoted, Keys(SECRET), fresh_token=101)) is Certainty.LIKELY


def test_a_fresh_token_that_is_refused_alike_leaves_it_possible():
    assert certainty(CAUSE, evidence(401, OLD, Keys(SECRET), fresh_token=401)) is Certainty.POSSIBLE


def test_a_server_that_limits_a_token_s_age_is_proven_by_the_fresh_one():
    assert (
        certainty(CAUSE, evidence(401, bearer(minted(exp=None)), Keys(SECRET), fresh_token=101))
        is Certainty.PROVEN
    )


def test_a_small_difference_by_this_machine_s_clock_leaves_it_possible():
    just = bearer(minted(exp=int(NOW) - 20))
    assert certainty(CAUSE, evidence(401, just, server_time=None)) is Certainty.POSSIBLE
    assert certainty(CAUSE, evidence(401, just)) is Certainty.LIKELY
    assert certainty(CAUSE, evidence(401, OLD, server_time=None)) is Certainty.LIKELY


@pytest.mark.parametrize("body", ["jwt expired", "Signature has expired", '{"msg": "Token has expired"}'])
def test_the_server_s_words_make_it_likely_even_for_an_opaque_token(body):
    assert certainty(CAUSE, evidence(answered(401, body), bearer("opaque"))) is Certainty.LIKELY


def test_the_challenge_s_words_make_it_likely():
    said = (
        "WWW-Authenticate",
        'Bearer error="invalid_token", error_description="The token expired at 10/10/2026"',
    )
    assert certainty(CAUSE, evidence(answered(401, "", said), bearer("opaque"))) is Certainty.LIKELY


@pytest.mark.parametrize("other", [404, 400, 502, cut_off()])
def test_behind_another_failure_it_is_latent(other):
    ruling = CAUSE.judge(evidence(other, OLD))
    assert isinstance(ruling, Supported)
    assert (ruling.certainty, ruling.latent) == (Certainty.POSSIBLE, True)
    assert "refused next" in ruling.facts[-1].text


def test_it_is_innocent_of_a_token_that_is_valid():
    assert "still valid" in cleared(CAUSE, evidence(401))
    assert "no time" in cleared(CAUSE, evidence(401, bearer(minted(exp=None))))
    assert cleared(CAUSE, evidence(404))


def test_it_is_innocent_where_none_or_basic_credentials_are_refused():
    assert cleared(CAUSE, evidence(401, BARE))
    assert cleared(CAUSE, evidence(answered(401, "", BASIC), OLD))


def test_it_is_innocent_where_the_handshake_works():
    assert cleared(CAUSE, evidence(101, OLD))


def test_an_opaque_token_cannot_be_judged():
    assert isinstance(CAUSE.judge(evidence(401, bearer("opaque"))), Unknown)


def test_the_damage_that_gives_the_client_s_status_makes_it_possible():
    assert certainty(CAUSE, evidence(101, saw=403, expired_token=403)) is Certainty.POSSIBLE
    assert cleared(CAUSE, evidence(101, saw=403, expired_token=401))
    assert isinstance(CAUSE.judge(evidence(101, saw=403)), Unknown)
    assert cleared(CAUSE, evidence(101, saw=502))


@pytest.mark.parametrize("code", [1000, 1011])
def test_a_fresh_token_proves_it_whatever_the_close_code(code):
    old = bearer(minted(**EXPIRED))
    found = evidence(closed(code), old, keys=Keys(secret=SECRET), fresh_token=101)
    assert certainty(CAUSE, found) is Certainty.PROVEN
