import pytest

from causes.refusals import (
    BASIC,
    EXPIRED,
    GOOD,
    answered,
    bearer,
    carrying,
    certainty,
    cleared,
    evidence,
    facts,
)
from tokens.minting import minted
from ws101.cause import Supported, Unknown
from ws101.causes.token_malformed import CAUSE
from ws101.terms import Certainty

TOKEN = minted()
QUOTED = bearer(f'"{TOKEN}"')


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        f'Bearer "{TOKEN}"',
        f"Bearer Bearer {TOKEN}",
        f"Bearer {TOKEN}\n",
        "Bearer null",
        "Bearer",
        f"Bearer {TOKEN[:-5]}",
    ],
)
def test_what_is_seen_in_the_token_makes_it_likely(value):
    assert certainty(CAUSE, evidence(401, carrying(("Authorization", value)))) is Certainty.LIKELY


def test_tidying_that_mends_proves_it():
    found = evidence(401, QUOTED, tidy_token=101)
    assert certainty(CAUSE, found) is Certainty.PROVEN
    assert "quotes" in facts(CAUSE, found)
    assert TOKEN not in facts(CAUSE, found)


def test_tidying_proves_a_strictness_that_nothing_shows():
    assert (
        certainty(CAUSE, evidence(401, carrying(("Authorization", f"bearer {TOKEN}")), tidy_token=101))
        is Certainty.PROVEN
    )


def test_tidying_that_makes_no_difference_leaves_it_possible():
    assert certainty(CAUSE, evidence(401, QUOTED, tidy_token=401)) is Certainty.POSSIBLE


def test_a_refusal_that_wavers_proves_nothing():
    assert certainty(CAUSE, evidence(401, QUOTED, tidy_token=101, repeat=503)) is Certainty.POSSIBLE


def test_a_line_break_that_makes_the_request_malformed_is_proven_by_its_mending():
    assert (
        certainty(CAUSE, evidence(400, bearer(f"{TOKEN[:40]}\n{TOKEN[40:]}"), tidy_token=101))
        is Certainty.PROVEN
    )


def test_behind_another_refusal_it_is_latent():
    ruling = CAUSE.judge(evidence(404, QUOTED))
    assert isinstance(ruling, Supported)
    assert ruling.latent
    assert ruling.certainty is Certainty.POSSIBLE


@pytest.mark.parametrize("request_", [GOOD, bearer(minted(**EXPIRED)), bearer("opaque")])
def test_it_is_innocent_of_a_token_that_is_well_written(request_):
    assert cleared(CAUSE, evidence(401, request_))


def test_it_is_innocent_where_nothing_or_basic_credentials_are_refused():
    assert cleared(CAUSE, evidence(401, carrying()))
    assert cleared(CAUSE, evidence(answered(401, "", BASIC), QUOTED))
    assert cleared(CAUSE, evidence(101, QUOTED))


@pytest.mark.parametrize("name", ["no_bearer", "double_bearer", "quoted_token", "token_twice"])
def test_each_damage_that_gives_the_client_s_status_makes_it_possible(name):
    assert certainty(CAUSE, evidence(101, saw=400, **{name: 400})) is Certainty.POSSIBLE
    assert cleared(CAUSE, evidence(101, saw=401, **{name: 400}))


def test_without_damages_it_is_not_tested():
    assert isinstance(CAUSE.judge(evidence(101, saw=401)), Unknown)
