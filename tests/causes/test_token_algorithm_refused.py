from causes.refusals import BARE, answered, bearer, certainty, cleared, evidence, facts
from tokens.minting import SECRET, part, unsigned
from ws101.cause import Supported, Unknown
from ws101.causes.token_algorithm_refused import CAUSE
from ws101.terms import Certainty
from ws101.tokens.verify import Keys

UNSIGNED = bearer(unsigned(sub="alice"))
KEY_PAIR = bearer(f"{part({'alg': 'RS256'})}.{part({'sub': 'alice'})}.{part(bytes(256))}")


def test_an_unsigned_token_makes_it_likely_without_any_key():
    found = evidence(401, UNSIGNED)
    assert certainty(CAUSE, found) is Certainty.LIKELY
    assert "alg none" in facts(CAUSE, found)


def test_an_algorithm_that_does_not_fit_the_secret_makes_it_likely():
    assert certainty(CAUSE, evidence(401, KEY_PAIR, Keys(SECRET))) is Certainty.LIKELY


def test_the_server_s_words_make_it_likely():
    assert certainty(CAUSE, evidence(answered(401, "invalid algorithm"))) is Certainty.LIKELY


def test_without_keys_it_is_not_tested():
    assert isinstance(CAUSE.judge(evidence(401, KEY_PAIR)), Unknown)


def test_behind_another_refusal_it_is_latent():
    ruling = CAUSE.judge(evidence(404, UNSIGNED))
    assert isinstance(ruling, Supported)
    assert ruling.latent


def test_it_is_innocent_of_an_algorithm_that_fits_and_of_no_jwt():
    assert cleared(CAUSE, evidence(401, keys=Keys(SECRET)))
    assert cleared(CAUSE, evidence(401, bearer("opaque")))
    assert cleared(CAUSE, evidence(401, BARE))
    assert cleared(CAUSE, evidence(404))
    assert cleared(CAUSE, evidence(101, UNSIGNED))
