import pytest

from tokens.minting import NOW, minted, unsigned
from ws101.tokens.checks import check, duration
from ws101.tokens.decode import decode
from ws101.tokens.reading import Flaw

SERVER = "the server's"


def flaws(token: str, **expected: object) -> list[Flaw]:
    return [problem.flaw for problem in check(decode(token), NOW, SERVER, **expected)]


def test_a_current_token_has_no_problem():
    assert flaws(minted()) == []


def test_an_expired_token_says_how_long_ago_and_by_whose_clock():
    (problem,) = check(decode(minted(exp=int(NOW) - 11_520)), NOW, SERVER)
    assert (problem.flaw, problem.text) == (Flaw.EXPIRED, "it expired 3 h 12 min ago by the server's clock")


def test_the_second_of_exp_is_the_first_that_is_too_late():
    assert flaws(minted(exp=int(NOW))) == [Flaw.EXPIRED]
    assert flaws(minted(exp=int(NOW) + 1)) == []
    assert flaws(minted(exp=int(NOW)), leeway=1) == []


def test_a_missing_exp_is_no_problem():
    assert flaws(minted(exp=None)) == []


@pytest.mark.parametrize("name", ["nbf", "iat"])
def test_a_token_of_the_future_is_not_valid_yet(name):
    (problem,) = check(decode(minted(**{name: int(NOW) + 200})), NOW, "this machine's")
    assert problem.flaw is Flaw.NOT_YET_VALID
    assert "3 min 20 s in the future by this machine's clock" in problem.text
    assert flaws(minted(**{name: int(NOW) + 200}), leeway=200) == []


def test_milliseconds_are_recognised():
    (problem,) = check(decode(minted(iat=int(NOW) * 1000)), NOW, SERVER)
    assert "milliseconds" in problem.text


@pytest.mark.parametrize("value", ["1800000000", True, [], float("nan"), float("inf"), 10**400])
def test_a_time_that_is_no_number_is_malformed(value):
    assert flaws(unsigned(exp=value)) == [Flaw.MALFORMED]


@pytest.mark.parametrize("named", ["timers", ["other", "timers"]])
def test_the_expected_audience_is_accepted(named):
    assert flaws(minted(aud=named), audience="timers") == []


@pytest.mark.parametrize("named", ["Timers", [], ["other"], None])
def test_another_audience_or_none_is_not(named):
    assert flaws(minted(aud=named), audience="timers") == [Flaw.AUDIENCE]


def test_an_audience_that_nobody_expects_is_no_problem():
    assert flaws(minted(aud="whatever", iss="anyone")) == []


def test_the_issuer_is_compared_exactly():
    assert flaws(minted(iss="https://id.test"), issuer="https://id.test") == []
    assert flaws(minted(iss="https://id.test/"), issuer="https://id.test") == [Flaw.ISSUER]
    assert flaws(minted(), issuer="https://id.test") == [Flaw.ISSUER]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3661, "1 h 1 min"),
        (90_000, "1 d 1 h"),
        (-5, "5 s"),
        (86_460, "1 d 1 min"),
    ],
)
def test_durations_have_two_units_at_most(seconds, text):
    assert duration(seconds) == text
