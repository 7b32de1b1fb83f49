from causes.refusals import BARE, answered, bearer, certainty, cleared, evidence, facts
from tokens.minting import NOW, SECRET, minted
from ws101.cause import Supported, Unknown
from ws101.causes.token_not_yet_valid import CAUSE
from ws101.terms import Certainty
from ws101.tokens.verify import Keys

AHEAD = bearer(minted(iat=int(NOW) + 120))


def test_a_token_of_the_future_and_a_refusal_make_it_likely():
    found = evidence(401, AHEAD)
    assert certainty(CAUSE, found) is Certainty.LIKELY
    assert "2 min in the future by the server's clock" in facts(CAUSE, found)


def test_a_fresh_token_that_is_accepted_proves_it():
    assert certainty(CAUSE, evidence(401, AHEAD, Keys(SECRET), fresh_token=101)) is Certainty.PROVEN


def test_a_small_difference_by_this_machine_s_clock_leaves_it_possible():
    assert certainty(CAUSE, evidence(401, AHEAD, server_time=None)) is Certainty.POSSIBLE
    assert (
        certainty(CAUSE, evidence(401, bearer(minted(nbf=int(NOW) + 9000)), server_time=None))
        is Certainty.LIKELY
    )


def test_the_server_s_words_make_it_likely():
    assert certainty(CAUSE, evidence(answered(401, "jwt not active"))) is Certainty.LIKELY
    assert certainty(CAUSE, evidence(answered(401, "The token is not yet valid (nbf)"))) is Certainty.LIKELY


def test_behind_another_refusal_it_is_latent():
    ruling = CAUSE.judge(evidence(404, AHEAD))
    assert isinstance(ruling, Supported)
    assert ruling.latent


def test_it_is_innocent_of_a_token_of_now_and_of_none():
    assert cleared(CAUSE, evidence(401))
    assert cleared(CAUSE, evidence(404))
    assert cleared(CAUSE, evidence(401, bearer("opaque")))
    assert cleared(CAUSE, evidence(401, BARE))
    assert cleared(CAUSE, evidence(101, AHEAD))


def test_a_working_handshake_says_nothing_of_the_client_s_token():
    assert isinstance(CAUSE.judge(evidence(101, saw=401)), Unknown)
    assert cleared(CAUSE, evidence(101, saw=404))
