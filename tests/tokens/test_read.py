from tokens.minting import NOW, SECRET, minted
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.tokens.read import read
from ws101.tokens.reading import Flaw, Place, TokenReading
from ws101.tokens.verify import Keys


def reading(
    value: str, keys: Keys | None = None, server_time: float | None = NOW, **expected: str
) -> TokenReading:
    found = read(Request("/ws", Headers.of([("Authorization", value)])), keys, server_time, NOW, **expected)
    assert found is not None
    return found


def flaws(found: TokenReading) -> set[Flaw]:
    return {problem.flaw for problem in found.problems}


def test_a_request_without_credentials_has_no_reading():
    assert read(Request("/ws"), None, None, NOW) is None


def test_a_good_token_has_no_problems():
    found = reading(f"Bearer {minted()}", Keys(SECRET))
    assert found.problems == ()
    assert found.signature_checked
    assert found.size == len(minted())
    assert found.claims["sub"] == "alice"


def test_the_server_s_clock_goes_before_this_machine_s():
    soon = minted(exp=int(NOW) + 10)
    assert flaws(reading(f"Bearer {soon}", server_time=NOW + 100)) == {Flaw.EXPIRED}
    assert reading(f"Bearer {soon}", server_time=NOW + 100).clock == "the server's"
    here = reading(f"Bearer {soon}", server_time=None)
    assert (here.problems, here.clock) == ((), "this machine's")


def test_the_fraction_of_a_second_that_a_date_leaves_out_is_allowed_for():
    assert reading(f"Bearer {minted(iat=int(NOW) + 1)}").problems == ()


def test_all_that_is_wrong_is_told_at_once():
    token = minted(secret=b"other", exp=int(NOW) - 5, aud="a", iss="b")
    found = reading(f'Bearer "{token}"', Keys(SECRET), audience="x", issuer="y")
    assert flaws(found) == {Flaw.MALFORMED, Flaw.EXPIRED, Flaw.SIGNATURE, Flaw.AUDIENCE, Flaw.ISSUER}
    assert (found.audience, found.issuer) == ("x", "y")


def test_no_part_of_the_token_is_in_a_problem_or_a_repr():
    token = minted(secret=b"other", exp=int(NOW) - 5)
    found = reading(f'Bearer "{token}"', Keys(SECRET))
    for part in token.split("."):
        assert part not in repr(found)


def test_a_missing_scheme_is_a_flaw_of_form():
    assert flaws(reading(minted())) == {Flaw.MALFORMED}


def test_what_stands_for_no_token_is_malformed():
    assert flaws(reading("Bearer undefined")) == {Flaw.MALFORMED}
    assert flaws(reading("Bearer")) == {Flaw.MALFORMED}


def test_basic_credentials_are_read_as_no_token():
    found = reading("Basic YWxpY2U6aHVudGVyMg==", Keys(SECRET))
    assert (found.problems, found.claims, found.signature_checked) == ((), None, False)


def test_a_token_in_the_query_is_read_decoded():
    found = read(Request(f"/ws?token=%22{minted()}%22"), None, None, NOW)
    assert found.credential.place is Place.QUERY
    assert found.claims["sub"] == "alice"
    assert flaws(found) == {Flaw.MALFORMED}


def test_a_secret_that_fits_in_another_form_is_told():
    assert (
        reading(f"Bearer {minted()}", Keys(SECRET + b"\r\n")).secret_read
        == "without the line break at its end"
    )
