"""The rules that every upstream keeps."""

import pytest

from ws101.lab.token import Token
from ws101.lab.upstreams.policy import SOCKET_PATH, Policy, admit, subprotocol

_SECRET = "a-secret-of-this-test-alone-0123456789"
_NOW = 4_000_000_000  # far ahead, so that the verifier's own clock is always before `exp`


def asked(policy: Policy, token: Token | None = None, target: str = SOCKET_PATH, **fields: str):
    headers = {name.replace("_", "-").lower(): value for name, value in fields.items()}
    if token:
        headers["authorization"] = f"Bearer {token.mint(_SECRET, _NOW)}"
    refusal = admit(policy, target, lambda name: headers.get(name.lower()), "127.0.0.1")
    return refusal and (refusal.status, refusal.reason)


_GOOD = Token(starts_in=-_NOW)
_POLICY = Policy(secret=_SECRET)


def test_a_good_token_is_let_in():
    assert asked(_POLICY, _GOOD) is None


def test_the_token_may_stand_in_the_query():
    assert asked(_POLICY, target=f"{SOCKET_PATH}?token={_GOOD.mint(_SECRET, _NOW)}") is None


@pytest.mark.parametrize(
    ("token", "refusal"),
    [
        (None, (401, "no bearer token")),
        (Token(starts_in=-_NOW, lifetime=-_NOW + 1), (401, "invalid token")),
        (Token(starts_in=0), (401, "invalid token")),
        (Token(starts_in=-_NOW, secret="another-secret-of-this-test-0123456789"), (401, "invalid token")),
        (Token(starts_in=-_NOW, audience="other"), (401, "invalid token")),
        (Token(starts_in=-_NOW, issuer="other"), (401, "invalid token")),
        (Token(starts_in=-_NOW, algorithm="none"), (401, "invalid token")),
        (Token(starts_in=-_NOW, algorithm="HS512", secret=_SECRET * 2), (401, "invalid token")),
        (Token(starts_in=-_NOW, dress='"{}"'), (401, "invalid token")),
        (Token(starts_in=-_NOW, subject="999"), (401, "unknown user")),
        (Token(starts_in=-_NOW, scope="profile timersx"), (403, "insufficient scope")),
        (Token(starts_in=-_NOW, scope=None), (403, "insufficient scope")),
    ],
)
def test_each_bad_token_is_refused(token, refusal):
    assert asked(_POLICY, token) == refusal


def test_a_key_must_be_known_where_keys_have_names():
    policy = Policy(secret=_SECRET, key_ids=("current",))
    assert asked(policy, Token(starts_in=-_NOW, key_id="retired")) == (401, "invalid token")
    assert asked(policy, Token(starts_in=-_NOW, key_id="current")) is None


def test_an_origin_must_be_on_the_list_or_absent():
    policy = Policy(secret=_SECRET, origins=("https://app.test",))
    assert asked(policy, _GOOD) is None
    assert asked(policy, _GOOD, origin="https://app.test") is None
    assert asked(policy, _GOOD, origin="null") == (403, "origin not allowed")


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://app.test", "app.test", True),
        ("http://app.test:80", "app.test", True),
        ("https://app.test:443", "app.test", True),
        ("http://app.test:8080", "app.test:8080", True),
        ("http://app.test:8080", "app.test", False),
        ("https://app.test:80", "app.test", False),
    ],
)
def test_the_same_origin_has_the_same_port(origin, host, same):
    assert (asked(Policy(secret=_SECRET, same_origin=True), _GOOD, origin=origin, host=host) is None) is same


def test_the_way_is_looked_at_before_the_user():
    assert asked(Policy(hosts=("a.test",)), host="b.test") == (400, "Invalid host header")
    assert asked(Policy(proxies=()), x_forwarded_for="192.0.2.1") == (400, "Bad Request")
    assert asked(Policy(overloaded=True)) == (503, "overloaded")
    assert asked(Policy(https_only=True), host="a.test") == (301, "https only")
    assert asked(Policy(secret=_SECRET, proxies=("127.0.0.1",)), _GOOD, x_forwarded_for="192.0.2.1") is None


def test_the_first_offered_subprotocol_that_is_known_is_chosen():
    policy = Policy(subprotocols=("b", "a"))
    assert subprotocol(policy, "c, a, b") == "a"
    assert subprotocol(policy, None) is None


def test_a_policy_survives_the_way_to_another_process():
    policy = Policy(secret="s", origins=("o",), proxies=None, idle_seconds=1.5, key_ids=("k",))
    assert Policy.from_json(policy.to_json()) == policy
    assert "secret='s'" not in repr(policy)
