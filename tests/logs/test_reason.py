import pytest

from logs.telling import read, start
from ws101.logs.reason import meaning
from ws101.signature import Says


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("Token expired", Says.TOKEN_EXPIRED),
        ("JWT token has expired", Says.TOKEN_EXPIRED),
        ("expired token", Says.TOKEN_EXPIRED),
        ("The token is not yet valid", Says.TOKEN_NOT_YET_VALID),
        ("Invalid audience", Says.TOKEN_AUDIENCE),
        ("invalid issuer", Says.TOKEN_ISSUER),
        ("Invalid token signature", Says.TOKEN_SIGNATURE),
        ("Malformed JWT", Says.TOKEN_MALFORMED),
        ("Missing token", Says.TOKEN_MISSING),
        ("No Authorization header", Says.TOKEN_MISSING),
        ("token not provided", Says.TOKEN_MISSING),
        ("User not found", Says.TOKEN_USER),
        ("Origin not allowed", Says.ORIGIN),
        ("Permission denied", Says.PERMISSION),
        ("Unauthorized", Says.CREDENTIALS),
        ("Invalid token", Says.CREDENTIALS),
    ],
)
def test_what_a_reason_says(reason, says):
    assert meaning(reason) is says


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "Forbidden",
        "Room is full",
        "the audience is full",
        "session closed",
        "no tokens left in bucket for room",
        "x" * 5000,
    ],
)
def test_a_reason_of_another_kind_says_nothing(reason):
    assert meaning(reason) is Says.NOTHING


def test_the_guides_block_says_what_its_reason_does():
    start()
    (entry,) = read("========== WebSocket Connection REJECTED ==========\nReason: Token expired\n")
    assert entry.says is Says.TOKEN_EXPIRED
    assert entry.words == "Token expired"
