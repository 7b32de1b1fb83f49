from causes.refusals import BARE, answered, bearer, certainty, cleared, evidence, facts
from tokens.minting import SECRET, minted, part
from ws101.cause import Unknown
from ws101.causes.token_key_unknown import CAUSE
from ws101.terms import Certainty
from ws101.tokens.verify import Keys

NAMED = bearer(minted(kid="old"))


def key_set(kid: str) -> Keys:
    return Keys(jwks={"keys": [{"kty": "oct", "kid": kid, "k": part(SECRET)}]})


def test_a_kid_that_the_key_set_lacks_makes_it_likely():
    found = evidence(401, NAMED, key_set("new"))
    assert certainty(CAUSE, found) is Certainty.LIKELY
    assert "'old'" in facts(CAUSE, found)


def test_the_server_s_words_make_it_likely():
    said = (
        "WWW-Authenticate",
        'Bearer error="invalid_token", error_description="The signature key was not found"',
    )
    assert certainty(CAUSE, evidence(answered(401, "", said), NAMED)) is Certainty.LIKELY


def test_without_a_key_set_it_is_not_tested():
    assert isinstance(CAUSE.judge(evidence(401, NAMED)), Unknown)


def test_it_is_innocent_of_a_kid_that_is_known_and_of_none():
    assert cleared(CAUSE, evidence(401, NAMED, key_set("old")))
    assert cleared(CAUSE, evidence(401))
    assert cleared(CAUSE, evidence(401, BARE))
    assert cleared(CAUSE, evidence(404, NAMED))
    assert cleared(CAUSE, evidence(101, NAMED, key_set("new")))
