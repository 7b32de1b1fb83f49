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
    evidence,
    facts,
)
from tokens.minting import SECRET, minted
from ws101.cause import Supported, Unknown
from ws101.causes.token_in_wrong_place import CAUSE
from ws101.terms import Certainty
from ws101.tokens.verify import Keys

IN_QUERY = carrying(target=f"/ws?token={minted()}")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("token_in_header", "Authorization"),
        ("token_in_cookie", "cookie"),
        ("token_in_subprotocol", "subprotocol"),
    ],
)
def test_another_place_that_is_accepted_proves_it(name, place):
    found = evidence(401, IN_QUERY, **{name: 101})
    ruling = CAUSE.judge(found)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert place in ruling.remedy.text
    assert "travels in the query" in facts(CAUSE, found)


def test_from_the_header_it_is_proven_where_no_proxy_could_drop_it():
    assert certainty(CAUSE, evidence(401, token_in_query=101)) is Certainty.PROVEN


def test_from_the_header_it_is_possible_where_a_proxy_could_drop_it():
    behind = answered(401, "", ("Server", "nginx"))
    assert certainty(CAUSE, evidence(behind, token_in_query=101)) is Certainty.POSSIBLE
    assert certainty(CAUSE, evidence(behind, token_in_query=101, direct=401)) is Certainty.PROVEN


def test_it_is_innocent_where_the_server_itself_takes_the_token_there():
    assert "directly" in cleared(CAUSE, evidence(401, token_in_query=101, direct=101))


def test_a_place_in_which_the_refusal_speaks_of_the_token_makes_it_likely():
    missing, wrong = answered(401, "no token"), answered(401, "bad token")
    assert (
        certainty(CAUSE, evidence(missing, IN_QUERY, token_in_header=wrong, without_token=missing))
        is Certainty.LIKELY
    )
    assert certainty(CAUSE, evidence(missing, IN_QUERY, token_in_header=wrong, without_token=wrong)) is None


def test_a_good_token_that_is_refused_everywhere_clears_it():
    assert cleared(CAUSE, evidence(401, keys=Keys(SECRET), token_in_query=401, token_in_cookie=401))


def test_a_token_of_unknown_worth_that_is_refused_everywhere_does_not():
    assert isinstance(CAUSE.judge(evidence(401, token_in_query=401)), Unknown)
    assert isinstance(
        CAUSE.judge(evidence(401, bearer(minted(**EXPIRED)), keys=Keys(SECRET), token_in_query=401)), Unknown
    )
    assert isinstance(CAUSE.judge(evidence(401)), Unknown)


@pytest.mark.parametrize("failure", [500, 503, 429, 403])
def test_another_failure_elsewhere_is_no_acceptance(failure):
    assert certainty(CAUSE, evidence(401, IN_QUERY, token_in_header=failure)) is None


def test_it_is_innocent_of_other_refusals():
    assert cleared(CAUSE, evidence(404, IN_QUERY))
    assert cleared(CAUSE, evidence(401, BARE))
    assert cleared(CAUSE, evidence(answered(401, "", BASIC), IN_QUERY))
    assert cleared(CAUSE, evidence(101, IN_QUERY))


def test_the_damage_that_gives_the_client_s_status_makes_it_possible():
    assert certainty(CAUSE, evidence(101, saw=401, token_in_query_only=401)) is Certainty.POSSIBLE
    assert cleared(CAUSE, evidence(101, saw=401, token_in_query_only=101))
