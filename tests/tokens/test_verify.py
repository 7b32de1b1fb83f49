import base64
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tokens.minting import NOW, SECRET, minted, part, unsigned
from ws101.errors import UnreadableInput
from ws101.tokens.decode import decode
from ws101.tokens.reading import Flaw
from ws101.tokens.verify import Keys, load_keys, mint, secret_reading, verify

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256 = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
SIGNERS = {"RS256": RSA, "PS384": RSA, "ES256": P256, "EdDSA": ED}


def jwk(alg: str, kid: str) -> dict[str, object]:
    public = SIGNERS[alg].public_key()
    return jwt.get_algorithm_by_name(alg).to_jwk(public, as_dict=True) | {"kid": kid}


def key_set(*keys: dict[str, object]) -> Keys:
    return load_keys(None, json.dumps({"keys": keys}))


def flaw(token: str, keys: Keys) -> Flaw | None:
    problem = verify(token, keys)
    return problem.flaw if problem else None


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_secret_verifies_what_it_signed_and_nothing_else(alg):
    assert flaw(minted(alg=alg), load_keys(SECRET, None)) is None
    assert flaw(minted(alg=alg), load_keys(b"another secret", None)) is Flaw.SIGNATURE


@pytest.mark.parametrize("alg", SIGNERS)
def test_a_key_set_verifies_what_its_key_signed_and_nothing_else(alg):
    token = jwt.encode({"sub": "alice"}, SIGNERS[alg], alg, headers={"kid": "1"})
    assert flaw(token, key_set(jwk(alg, "1"))) is None
    head, _, signature = token.split(".")
    assert flaw(f"{head}.{part({'sub': 'bob'})}.{signature}", key_set(jwk(alg, "1"))) is Flaw.SIGNATURE


def test_a_kid_that_the_key_set_lacks_is_an_unknown_key():
    token = jwt.encode({}, P256, "ES256", headers={"kid": "2"})
    assert flaw(token, key_set(jwk("ES256", "1"))) is Flaw.KEY


def test_a_token_without_kid_is_held_against_every_key():
    token = jwt.encode({}, P256, "ES256")
    assert flaw(token, key_set(jwk("EdDSA", "1"), jwk("ES256", "2"))) is None
    assert flaw(token, key_set(jwk("EdDSA", "1"))) is Flaw.ALGORITHM


@pytest.mark.parametrize(
    ("token", "keys"),
    [
        (unsigned(), Keys()),
        (unsigned(), Keys(SECRET)),
        (jwt.encode({}, P256, "ES256"), Keys(SECRET)),
        (minted(kid="1"), key_set(jwk("RS256", "1"))),
        (jwt.encode({}, RSA, "PS384"), key_set(jwk("RS256", "1") | {"alg": "RS256"})),
        (f"{part({'alg': 'HS999'})}.{part({})}.eHg", Keys(SECRET)),
        (f"{part({'typ': 'JWT'})}.{part({})}.eHg", Keys()),
    ],
)
def test_an_algorithm_that_does_not_fit_the_key_is_named(token, keys):
    assert flaw(token, keys) is Flaw.ALGORITHM


@pytest.mark.parametrize("token", [minted(), "opaque", "", "null"])
def test_without_keys_or_a_jwt_nothing_is_said(token):
    assert verify(token, Keys()) is None


def test_a_key_that_cannot_be_read_fits_nothing():
    token = jwt.encode({}, P256, "ES256")
    assert flaw(token, key_set({"kty": "EC", "crv": "P-256", "x": "?", "y": "?"})) is Flaw.SIGNATURE


def test_a_line_break_at_the_end_of_the_secret_is_seen_through_and_told():
    keys = load_keys(SECRET + b"\n", None)
    assert verify(minted(), keys) is None
    assert secret_reading(minted(), keys) == "without the line break at its end"
    assert secret_reading(minted(secret=SECRET + b"\n"), keys) == ""


def test_a_secret_written_in_base64_is_seen_through_and_told():
    keys = load_keys(base64.b64encode(SECRET) + b"\n", None)
    assert verify(minted(), keys) is None
    assert secret_reading(minted(), keys) == "decoded from base64"


@pytest.mark.parametrize("content", [b"", b" \n", b"-----BEGIN PUBLIC KEY-----\n"])
def test_what_is_no_secret_is_refused(content):
    with pytest.raises(UnreadableInput, match="The secret"):
        load_keys(content, None)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"keys": []}', '{"keys": [{}]}', '{"keys": [1]}', "-----BEGIN X", "[" * 100_000],
)
def test_what_is_no_key_set_is_refused(text):
    with pytest.raises(UnreadableInput, match="The key set"):
        load_keys(None, text)


def test_a_single_key_is_a_key_set_of_one():
    keys = load_keys(None, json.dumps(jwk("EdDSA", "1")))
    assert verify(jwt.encode({}, ED, "EdDSA", headers={"kid": "1"}), keys) is None


def test_keys_never_show_in_a_repr():
    assert "secret for tests" not in repr(Keys(SECRET))


def test_a_fresh_token_has_the_same_claims_and_current_times():
    old = minted(exp=int(NOW) - 10, iat=int(NOW) - 999, nbf=int(NOW) - 999, name="Zoë", roles=["a"])
    fresh = mint(old, Keys(SECRET), NOW)
    assert verify(fresh, Keys(SECRET)) is None
    claims = decode(fresh).claims
    assert claims["iat"] <= NOW < claims["exp"]
    assert claims["nbf"] <= NOW
    assert (claims["sub"], claims["name"], claims["roles"]) == ("alice", "Zoë", ["a"])
    assert decode(fresh).header == decode(old).header


def test_a_fresh_token_gains_no_claims():
    assert set(decode(mint(unsigned_hs(sub="x"), Keys(SECRET), NOW)).claims) == {"sub"}


def unsigned_hs(**claims: object) -> str:
    return f"{part({'alg': 'HS256'})}.{part(claims)}.{'A' * 43}"


def test_an_expired_token_is_minted_on_demand():
    stale = mint(minted(), Keys(SECRET), NOW, expired=True)
    assert verify(stale, Keys(SECRET)) is None
    assert decode(stale).claims["exp"] < NOW - 600


def test_a_wrongly_signed_token_is_signed_with_the_trimmed_secret():
    fresh = mint(minted(secret=b"other"), Keys(SECRET + b"\n"), NOW)
    assert verify(fresh, Keys(SECRET)) is None


@pytest.mark.parametrize(
    ("token", "keys"),
    [
        (minted(), Keys()),
        ("opaque", Keys(SECRET)),
        (unsigned(), Keys(SECRET)),
        (jwt.encode({}, ED, "EdDSA"), Keys(SECRET)),
    ],
)
def test_nothing_is_minted_without_a_secret_or_another_algorithm(token, keys):
    assert mint(token, keys, NOW) is None
