import io
import json
import time

import pytest

from tokens.minting import SECRET, minted, part, unsigned

HOUR = 3600


def valid(**claims):
    now = int(time.time())
    return minted(**{"iat": now - 60, "exp": now + 10 * HOUR, **claims})


@pytest.fixture
def secret(tmp_path):
    (tmp_path / "secret").write_bytes(SECRET)
    return ["--jwt-secret-file", tmp_path / "secret"]


def test_a_good_token_whose_signature_was_checked(ws101, secret):
    ran = ws101("token", valid(aud="api"), *secret)
    assert (ran.status, ran.err) == (0, "")
    assert '  sub: "alice"' in ran.out
    assert "nothing in it is wrong" in ran.out
    assert "the signature was checked" in ran.out
    assert "9 h 59 min from now" in ran.out


def test_without_a_secret_the_signature_is_unknown_and_so_is_the_verdict(ws101):
    ran = ws101("token", valid())
    assert ran.status == 3
    assert "not checked" in ran.out


@pytest.mark.parametrize(
    ("token", "flaw"),
    [
        (valid(exp=1_500_000_000), "token-expired"),
        (valid(nbf=4_000_000_000), "token-not-yet-valid"),
        (
            minted(b"another secret, as long as is needed for it", exp=4_000_000_000),
            "token-signature-invalid",
        ),
        (unsigned(exp=4_000_000_000), "token-algorithm-refused"),
        (f'"{valid()}"', "token-malformed"),
    ],
)
def test_what_is_wrong_is_named(ws101, secret, token, flaw):
    ran = ws101("token", token, *secret)
    assert ran.status == 1
    assert flaw in ran.out
    document = json.loads(ws101("token", token, *secret, "--json").out)
    assert flaw in {problem["cause"] for problem in document["problems"]}


@pytest.mark.parametrize(
    ("flags", "flaw"),
    [(["--audience", "other"], "token-audience-wrong"), (["--issuer", "other"], "token-issuer-wrong")],
)
def test_what_the_server_expects_is_compared(ws101, flags, flaw):
    ran = ws101("token", valid(aud="api", iss="us"), *flags)
    assert ran.status == 1
    assert flaw in ran.out


def test_json_alone_is_on_stdout(ws101, secret):
    ran = ws101("token", valid(), *secret, "--json")
    document = json.loads(ran.out)
    assert document["schema"] == "ws101.token/1"
    assert (document["header"]["alg"], document["claims"]["sub"]) == ("HS256", "alice")
    assert (document["signature_checked"], document["problems"]) == (True, [])
    assert ran.err == ""


def test_a_token_that_is_no_jwt_is_told_by_its_size(ws101):
    ran = ws101("token", "opaque-token-of-a-session")
    assert "a token of 25 bytes, and no JWT" in ran.out
    assert "opaque" not in ran.out


def test_the_signature_is_not_printed(ws101):
    token = valid()
    for flags in ([], ["--json"]):
        assert token.rpartition(".")[2] not in ws101("token", token, *flags).out


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", ""])
def test_it_may_come_as_the_header_has_it(ws101, prefix):
    assert '"alice"' in ws101("token", prefix + valid()).out


def test_every_way_to_give_it(ws101, tmp_path, monkeypatch):
    token = valid()
    (tmp_path / "token").write_text(token + "\n")
    monkeypatch.setenv("MY_TOKEN", token)
    monkeypatch.setattr("sys.stdin", io.StringIO(token + "\nsecond line\n"))
    ways = (["--token-file", tmp_path / "token"], ["--token-env", "MY_TOKEN"], ["-"], [token])
    assert len({ws101("token", *way).out for way in ways}) == 1


@pytest.mark.parametrize("words", [[], ["a", "--token-env", "MY_TOKEN"], [""], ["-"]])
def test_one_token_is_given(ws101, monkeypatch, words):
    monkeypatch.setenv("MY_TOKEN", "x")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ws101.wrong("token", *words)


ODD = [
    "1e999",
    "-1e999",
    "NaN",
    "1" + "0" * 400,
    "1e300",
    "-1",
    "true",
    "null",
    '"soon"',
    "[1]",
    '{"a": 1e999}',
]


@pytest.mark.parametrize("name", ["exp", "nbf", "iat", "other"])
@pytest.mark.parametrize("value", ODD)
def test_no_claim_is_too_odd(ws101, name, value):
    claims = f'{{"{name}": {value}}}'.encode()
    token = f"{part({'alg': 'HS256'})}.{part(claims)}.{part(b'x' * 32)}"
    ran = ws101("token", token)
    assert ran.status in {1, 3}
    document = ws101("token", token, "--json").out
    assert json.loads(document, parse_constant=pytest.fail)["claims"].keys() == {name}


def test_claims_cannot_write_to_the_terminal(ws101):
    ran = ws101("token", valid(sub="\x1b[2J\u202eevil\nsecond"))
    assert "\x1b" not in ran.out
