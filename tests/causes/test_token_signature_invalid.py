from causes.refusals import BARE, BASIC, EXPIRED, answered, bearer, certainty, cleared, evidence, facts
from tokens.minting import SECRET, minted, unsigned
from ws101.cause import Supported, Unknown
from ws101.causes.token_signature_invalid import CAUSE
from ws101.terms import Certainty
from ws101.tokens.verify import Keys

FORGED = bearer(minted(secret=b"another secret"))
KEYS = Keys(SECRET)


def test_a_signature_that_does_not_fit_makes_it_likely():
    found = evidence(401, FORGED, KEYS)
    assert certainty(CAUSE, found) is Certainty.LIKELY
    assert "does not fit the given secret" in facts(CAUSE, found)


def test_a_fresh_token_that_is_accepted_proves_it():
    assert certainty(CAUSE, evidence(401, FORGED, KEYS, fresh_token=101)) is Certainty.PROVEN


def test_a_fresh_token_that_is_refused_alike_leaves_it_possible():
    assert certainty(CAUSE, evidence(401, FORGED, KEYS, fresh_token=401)) is Certainty.POSSIBLE


def test_a_fresh_token_that_mends_two_faults_does_not_prove_it():
    both = bearer(minted(secret=b"other", **EXPIRED))
    assert certainty(CAUSE, evidence(401, both, KEYS, fresh_token=101)) is Certainty.LIKELY


def test_a_broken_token_answered_alike_where_none_is_answered_otherwise_hints_at_it():
    missing = answered(401, "no token")
    assert certainty(CAUSE, evidence(401, broken_token=401, without_token=missing)) is Certainty.POSSIBLE
    assert isinstance(CAUSE.judge(evidence(401, broken_token=401, without_token=401)), Unknown)


def test_a_secret_that_fits_only_without_its_line_break_leaves_it_possible():
    found = evidence(401, keys=Keys(SECRET + b"\n"))
    assert certainty(CAUSE, found) is Certainty.POSSIBLE
    assert "without the line break" in facts(CAUSE, found)


def test_the_server_s_words_make_it_likely():
    assert certainty(CAUSE, evidence(answered(403, "Signature verification failed"))) is Certainty.LIKELY


def test_without_keys_it_says_what_is_needed():
    ruling = CAUSE.judge(evidence(401))
    assert isinstance(ruling, Unknown)
    assert "--jwt-secret-file or --jwks" in ruling.need


def test_a_key_of_another_kind_clears_nothing():
    assert isinstance(CAUSE.judge(evidence(401, bearer(unsigned(sub="x")), KEYS)), Unknown)


def test_behind_another_refusal_it_is_latent():
    ruling = CAUSE.judge(evidence(404, FORGED, KEYS))
    assert isinstance(ruling, Supported)
    assert ruling.latent


def test_it_is_innocent_of_a_signature_that_fits():
    assert "fits" in cleared(CAUSE, evidence(401, keys=KEYS))


def test_it_is_innocent_of_what_has_no_signature_and_of_other_refusals():
    assert cleared(CAUSE, evidence(401, bearer("opaque")))
    assert cleared(CAUSE, evidence(401, BARE))
    assert cleared(CAUSE, evidence(404))
    assert cleared(CAUSE, evidence(answered(401, "", BASIC), FORGED, KEYS))
    assert cleared(CAUSE, evidence(101, FORGED, KEYS))


def test_the_damage_that_gives_the_client_s_status_makes_it_possible():
    assert certainty(CAUSE, evidence(101, saw=401, broken_token=401)) is Certainty.POSSIBLE
    assert cleared(CAUSE, evidence(101, saw=401, broken_token=101))
