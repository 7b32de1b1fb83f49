from causes.refusals import BARE, answered, bearer, certainty, cleared, evidence, facts
from tokens.minting import minted
from ws101.cause import Supported, Unknown
from ws101.causes.token_issuer_wrong import CAUSE
from ws101.terms import Certainty

NAMED = bearer(minted(iss="https://one.test/"))
OTHER = {"issuer": "https://one.test"}
SAME = {"issuer": "https://one.test/"}


def test_another_issuer_than_the_expected_makes_it_likely():
    found = evidence(401, NAMED, expected=OTHER)
    assert certainty(CAUSE, found) is Certainty.LIKELY
    assert "'https://one.test' is expected" in facts(CAUSE, found)


def test_the_server_s_words_make_it_likely():
    for words in (
        "jwt issuer invalid. expected: x",
        "Invalid issuer",
        "The issuer 'https://one.test/' is invalid",
    ):
        assert certainty(CAUSE, evidence(answered(401, words), NAMED)) is Certainty.LIKELY


def test_behind_another_refusal_it_is_latent():
    ruling = CAUSE.judge(evidence(404, NAMED, expected=OTHER))
    assert isinstance(ruling, Supported)
    assert ruling.latent


def test_it_is_not_tested_where_nobody_knows_what_is_expected():
    assert isinstance(CAUSE.judge(evidence(401, NAMED)), Unknown)


def test_it_is_innocent_of_the_expected_issuer_and_of_no_jwt():
    assert cleared(CAUSE, evidence(401, NAMED, expected=SAME))
    assert cleared(CAUSE, evidence(401, bearer("opaque"), expected=OTHER))
    assert cleared(CAUSE, evidence(401, BARE, expected=OTHER))
    assert cleared(CAUSE, evidence(404, NAMED))
    assert cleared(CAUSE, evidence(101, NAMED, expected=OTHER))
