"""Attacks on access tokens; PyJWT is the oracle for what is sound."""

import base64
import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from ws101.timers.problem import REFUSALS
from ws101.timers.server.keys import open_keys, ring_file, rotate
from ws101.timers.server.tokens import Identity, Minter, Refused, Verifier
from ws101.timers.settings import ServiceSettings

NOW = 1_800_000_000_000
AT = NOW // 1_000
SECRET = b"a shared secret of more than 32 bytes"
ALGORITHMS = ["EdDSA", "RS256", "HS256"]


class Issuer:
    """A service's keys, and whatever can be signed with them by hand."""

    def __init__(self, path, algorithm="EdDSA", **more):
        (path / "secret").write_bytes(SECRET)
        self.settings = ServiceSettings(
            data=path / "data", algorithm=algorithm, secret_file=path / "secret", **more
        )
        self.keys = open_keys(self.settings, NOW)
        self.minter, self.verifier = Minter(self.keys, self.settings), Verifier(self.keys, self.settings)

    def good(self, **claims):
        return {
            "iss": "ws101-timers", "aud": "ws101-timers", "sub": "ada", "sid": "session", "iat": AT, "nbf": AT,
            "exp": AT + 60, **claims,
        }  # fmt: skip

    def header(self, **more):
        key = self.keys.signing()
        return {"alg": key.algorithm, "kid": key.kid, "typ": "at+jwt", **more}

    def signed(self, header=None, claims=None, key=None):
        text = b".".join(part(each) for each in (header or self.header(), claims or self.good()))
        return (text + b"." + part((key or self.keys.signing()).sign(text))).decode()

    def verify(self, token, now=NOW):
        return self.verifier.verify(token, now)

    def cause(self, token, now=NOW):
        found = self.verify(token, now)
        assert isinstance(found, Refused), found
        assert found.cause in REFUSALS
        assert not any(len(part) > 20 and part in found.detail for part in token.split("."))
        assert self.verify(token, now) == found, "the second time is as the first"
        return found.cause


def part(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


@pytest.fixture
def issuer(tmp_path):
    return Issuer(tmp_path)


@pytest.fixture(params=ALGORITHMS)
def any_issuer(request, tmp_path):
    return Issuer(tmp_path, request.param)


# ---- sound tokens


def test_what_is_minted_verifies_here_and_by_pyjwt(any_issuer):
    token, lifetime = any_issuer.minter.mint("ada", "session", NOW)
    assert lifetime == 600
    for _ in range(2):
        assert any_issuer.verify(token) == Identity("ada", "session", NOW + 600_000)
    signing = any_issuer.keys.signing()
    key = SECRET if signing.algorithm == "HS256" else jwt.PyJWK(signing.jwk).key
    claims = jwt.decode(
        token, key, [signing.algorithm], audience="ws101-timers", issuer="ws101-timers",
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )  # fmt: skip
    assert set(claims) == {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"}
    assert jwt.get_unverified_header(token) == {
        "alg": signing.algorithm, "kid": signing.kid, "typ": "at+jwt",
    }  # fmt: skip


def test_each_token_has_an_id_of_its_own(issuer):
    made = {
        jwt.decode(issuer.minter.mint("a", "s", NOW)[0], options={"verify_signature": False})["jti"]
        for _ in range(9)
    }
    assert len(made) == 9


@pytest.mark.parametrize("audience", ["ws101-timers", ["ws101-timers"], ["other", "ws101-timers"]])
def test_the_audience_may_be_one_of_several(issuer, audience):
    assert isinstance(issuer.verify(issuer.signed(claims=issuer.good(aud=audience))), Identity)


def test_members_that_nobody_asked_for_change_nothing(issuer):
    token = issuer.signed(claims=issuer.good(admin=True, scope=["x"], cnf={"jkt": "x"}))
    assert isinstance(issuer.verify(token), Identity)


# ---- the signature


@pytest.mark.parametrize(
    "name",
    ["none", "None", "NONE", "nOnE", "", " none", "none ", "HS256", "RS256", "ES256", "eddsa", "EdDSA\0"],
)
@pytest.mark.parametrize("mark", [b"", b"x" * 64])
def test_no_other_algorithm_is_taken(issuer, name, mark):
    text = part(issuer.header(alg=name)) + b"." + part(issuer.good())
    assert issuer.cause((text + b"." + part(mark)).decode()) == "token-algorithm-refused"


@pytest.mark.parametrize("name", [None, 1, True, [], ["EdDSA"], {"alg": "EdDSA"}])
def test_an_algorithm_of_another_type_is_refused(issuer, name):
    assert issuer.cause(issuer.signed(issuer.header(alg=name))) == "token-algorithm-refused"


def test_a_missing_algorithm_is_refused(issuer):
    assert issuer.cause(issuer.signed({"kid": issuer.keys.signing().kid})) == "token-algorithm-refused"


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
@pytest.mark.parametrize("form", ["pem", "der", "jwk", "raw"])
def test_a_public_key_is_no_secret(tmp_path, algorithm, form):
    issuer = Issuer(tmp_path, algorithm)
    jwk = issuer.keys.published(NOW)["keys"][0]
    public = jwt.PyJWK(jwk).key
    encoding, kind = serialization.Encoding, serialization.PublicFormat.SubjectPublicKeyInfo
    secret = {
        "pem": public.public_bytes(encoding.PEM, kind),
        "der": public.public_bytes(encoding.DER, kind),
        "jwk": json.dumps(jwk).encode(),
        "raw": (jwk.get("x") or jwk["n"]).encode(),
    }[form]
    text = part(issuer.header(alg="HS256")) + b"." + part(issuer.good())
    token = (text + b"." + part(hmac.digest(secret, text, "sha256"))).decode()
    assert issuer.cause(token) == "token-algorithm-refused"


def test_two_algorithms_in_one_ring_do_not_stand_in_for_each_other(tmp_path):
    old = Issuer(tmp_path, "EdDSA")
    token = old.signed()
    new = Issuer(tmp_path, "RS256")
    assert isinstance(new.verify(token), Identity)
    assert new.cause(new.signed(new.header(alg="EdDSA"))) == "token-algorithm-refused"


def test_a_foreign_key_under_our_id_does_not_fit(any_issuer):
    foreign = {
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
        "HS256": lambda: b"another secret of 32 bytes and more",
    }
    private = foreign.get(
        any_issuer.keys.signing().algorithm, lambda: rsa.generate_private_key(65_537, 2_048)
    )()
    from ws101.timers.server.key import Key

    assert any_issuer.cause(any_issuer.signed(key=Key(private))) == "token-signature-invalid"


@pytest.mark.parametrize(
    "kid",
    [
        "../../secret",
        "/dev/null",
        "x' OR '1'='1",
        "x'; DROP TABLE users; --",
        "\0",
        "",
        "*",
        "http://evil.test/jwks",
        "ключ",
    ],
)
def test_a_key_id_names_a_key_of_ours_and_nothing_else(issuer, kid):
    assert issuer.cause(issuer.signed(issuer.header(kid=kid))) == "token-key-unknown"


@pytest.mark.parametrize("kid", [None, 1, True, [], {}, ["x"]])
def test_a_key_id_of_another_type_is_refused(issuer, kid):
    assert issuer.cause(issuer.signed(issuer.header(kid=kid))) == "token-malformed"


def test_without_a_key_id_there_is_no_key(issuer):
    header = issuer.header()
    del header["kid"]
    assert issuer.cause(issuer.signed(header)) == "token-key-unknown"


def test_a_key_that_the_header_brings_along_is_not_used(issuer):
    from ws101.timers.server.key import Key

    own = Key(ed25519.Ed25519PrivateKey.generate())
    brought = {"jwk": own.jwk, "jku": "http://evil.test/", "x5u": "http://evil.test/", "x5c": ["MIIB"]}
    assert issuer.cause(issuer.signed(issuer.header(**brought), key=own)) == "token-signature-invalid"
    assert issuer.cause(issuer.signed(issuer.header(**brought, kid=own.kid), key=own)) == "token-key-unknown"


@pytest.mark.parametrize("crit", [["exp"], [], ["b64"], None])
def test_what_is_critical_and_not_known_is_refused(issuer, crit):
    assert issuer.cause(issuer.signed(issuer.header(crit=crit))) == "token-malformed"


@pytest.mark.parametrize("typ", ["JWT", "rt+jwt", "refresh", "", "AT+JWT ", None, 1])
def test_a_token_of_another_kind_is_refused(issuer, typ):
    assert issuer.cause(issuer.signed(issuer.header(typ=typ))) == "token-malformed"


def test_one_flipped_bit_anywhere_is_found(issuer):
    token = issuer.signed()
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert isinstance(issuer.verify(token[:place] + other + token[place + 1 :]), Refused), place


def test_the_parts_of_two_good_tokens_make_no_third(issuer):
    one, two = (issuer.signed(claims=issuer.good(sub=who)).split(".") for who in ("ada", "eve"))
    assert issuer.cause(f"{one[0]}.{two[1]}.{one[2]}") == "token-signature-invalid"


# ---- the form


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "..", "...", "a.b.c", "null", "{}", "e30.e30.", "e30.e30.e30", "é.e30.e30", "\udcff..", "x" * 10_000,
        "a.b", "a.b.c.d", "a.b.c.d.e", "eyJ.eyJ.eyJ", " . . ", "W10.W10.W10", "MQ.MQ.MQ", "IiI.IiI.IiI", "bnVsbA.bnVsbA.",
    ],
)  # fmt: skip
def test_what_is_no_token_is_told_so(issuer, token):
    assert issuer.cause(token) in {"token-malformed", "token-algorithm-refused"}


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("spoil", [lambda s: s + "=", lambda s: s + "==", lambda s: s[:3] + "\n" + s[3:], lambda s: s + "A",
                                   lambda s: " " + s, lambda s: s[:-1], lambda s: s + "!", lambda s: s.replace("_", "/") + "+"])  # fmt: skip
def test_there_is_one_way_to_write_a_token(issuer, place, spoil):
    parts = issuer.signed().split(".")
    parts[place] = spoil(parts[place])
    assert isinstance(issuer.verify(".".join(parts)), Refused)


def test_the_unused_bits_of_base64_are_not_free(issuer):
    token = issuer.signed()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(token[-1])
    assert last % 16 == 0, "64 bytes leave four bits over"
    twin = token[:-1] + alphabet[last + 1]
    assert base64.urlsafe_b64decode(twin.split(".")[2] + "==") == base64.urlsafe_b64decode(
        token.split(".")[2] + "=="
    )
    assert issuer.cause(twin) == "token-malformed"


def by_text(issuer, header, claims):
    text = part(header.encode()) + b"." + part(claims.encode())
    return (text + b"." + part(issuer.keys.signing().sign(text))).decode()


def test_a_member_that_stands_twice_is_refused(issuer):
    header, claims = json.dumps(issuer.header()), json.dumps(issuer.good())
    assert isinstance(issuer.verify(by_text(issuer, header, claims)), Identity)
    assert issuer.cause(by_text(issuer, header[:-1] + ', "alg": "EdDSA"}', claims)) == "token-malformed"
    assert issuer.cause(by_text(issuer, header[:-1] + ', "\\u0061lg": "none"}', claims)) == "token-malformed"
    assert issuer.cause(by_text(issuer, header, claims[:-1] + ', "sub": "eve"}')) == "token-malformed"
    assert (
        issuer.cause(by_text(issuer, header, claims[:-1] + ', "e\\u0078p": 9999999999}')) == "token-malformed"
    )


@pytest.mark.parametrize(
    "claims", ["", "[]", "null", "1", '"x"', "{", "[" * 5_000, '{"exp": NaN}', "\ufeff{}", '{"a":1,}']
)
def test_signed_claims_that_are_no_object_are_refused(issuer, claims):
    assert issuer.cause(by_text(issuer, json.dumps(issuer.header()), claims)) == "token-malformed"


# ---- the claims


@pytest.mark.parametrize(
    "times",
    [
        {"exp": True}, {"exp": str(AT + 60)}, {"exp": AT + 60.5}, {"exp": 1e300}, {"exp": None}, {"exp": [AT]}, {"exp": 10**400}, {"exp": 2**63},
        {"nbf": "0"}, {"nbf": True}, {"nbf": 0.5}, {"iat": None}, {"iat": False}, {"exp": float(AT + 60)},
    ],
)  # fmt: skip
def test_times_are_whole_numbers(issuer, times):
    assert issuer.cause(issuer.signed(claims=issuer.good(**times))) == "token-malformed"


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "exp"])
def test_what_must_be_claimed_may_not_be_missing(issuer, name):
    claims = issuer.good()
    del claims[name]
    assert issuer.cause(issuer.signed(claims=claims)) == "token-malformed"


@pytest.mark.parametrize("exp", [AT, AT - 1, 0, -1, -(2**53)])
def test_an_expired_token_is_refused_and_its_user_known(issuer, exp):
    token = issuer.signed(claims=issuer.good(exp=exp))
    found = issuer.verify(token)
    assert (found.cause, found.user) == ("token-expired", "ada")


def test_expiry_is_judged_each_time(issuer):
    token = issuer.signed()
    assert isinstance(issuer.verify(token, NOW + 59_999), Identity)
    assert issuer.cause(token, NOW + 60_000) == "token-expired"
    assert isinstance(issuer.verify(token, NOW), Identity)


def test_a_token_of_the_future_waits_but_clocks_may_differ_a_little(issuer):
    assert isinstance(issuer.verify(issuer.signed(claims=issuer.good(nbf=AT + 5, iat=AT + 5))), Identity)
    assert issuer.cause(issuer.signed(claims=issuer.good(nbf=AT + 6))) == "token-not-yet-valid"
    assert (
        issuer.cause(issuer.signed(claims=issuer.good(iat=10**15, exp=10**15 + 1))) == "token-not-yet-valid"
    )


@pytest.mark.parametrize(
    "audience", ["", "other", "ws101-timers ", "WS101-TIMERS", [], ["other"], [""], ["ws101", "timers"]]
)
def test_a_token_for_somebody_else_is_refused(issuer, audience):
    found = issuer.verify(issuer.signed(claims=issuer.good(aud=audience)))
    assert (found.cause, found.user) == ("token-audience-wrong", "ada")


@pytest.mark.parametrize("audience", [None, 1, {"a": "ws101-timers"}, [1], [None], [["ws101-timers"]]])
def test_an_audience_of_another_type_is_refused(issuer, audience):
    assert issuer.cause(issuer.signed(claims=issuer.good(aud=audience))) == "token-malformed"


@pytest.mark.parametrize("maker", ["", "other", "ws101-timers/"])
def test_a_token_by_somebody_else_is_refused(issuer, maker):
    assert issuer.cause(issuer.signed(claims=issuer.good(iss=maker))) == "token-issuer-wrong"


@pytest.mark.parametrize("claims", [{"sub": ""}, {"sid": ""}])
def test_a_token_without_user_or_session_is_refused(issuer, claims):
    assert issuer.cause(issuer.signed(claims=issuer.good(**claims))) == "token-malformed"


@pytest.mark.parametrize("name", ["sub", "sid"])
@pytest.mark.parametrize("value", [1, None, ["ada"], {"$ne": ""}, "\ud800"])
def test_user_and_session_are_texts(issuer, name, value):
    assert issuer.cause(issuer.signed(claims=issuer.good(**{name: value}))) == "token-malformed"


def test_the_signature_is_judged_before_the_claims(issuer):
    spoilt = issuer.signed(claims=issuer.good(exp=0, iss="x"))[:-4] + "AAAA"
    found = issuer.verify(spoilt)
    assert (found.cause, found.user) == ("token-signature-invalid", None)


# ---- rotation and memory


def test_rotation_has_an_overlap_and_an_end(issuer):
    old = issuer.signed(claims=issuer.good(exp=AT + 10_000))
    assert isinstance(issuer.verify(old), Identity)
    rotate(issuer.settings, NOW)
    new, _ = issuer.minter.mint("ada", "session", NOW)
    assert jwt.get_unverified_header(new)["kid"] != jwt.get_unverified_header(old)["kid"]
    assert isinstance(issuer.verify(new), Identity)
    assert isinstance(issuer.verify(old), Identity)
    later = NOW + (issuer.settings.access_lifetime + 60) * 1_000
    assert issuer.cause(old, later) == "token-key-unknown"


def test_rotation_at_once_forgets_what_was_remembered(issuer):
    old = issuer.signed()
    assert isinstance(issuer.verify(old), Identity)
    rotate(issuer.settings, NOW, at_once=True)
    assert issuer.cause(old, NOW + 1_000) == "token-key-unknown", "a second later"
    assert issuer.cause(old) == "token-key-unknown"


def test_a_token_of_a_key_that_is_new_to_a_running_service_is_taken(issuer):
    rotate(issuer.settings, NOW)
    rotate(issuer.settings, NOW)
    other = Issuer(ring_file(issuer.settings).parents[2])
    assert isinstance(issuer.verify(other.signed()), Identity)


def test_what_is_remembered_is_bounded_and_holds_no_token(issuer):
    from ws101.timers.server import tokens

    token = issuer.signed()
    issuer.verify(token)
    assert list(issuer.verifier._signed) == [hashlib.sha256(token.encode()).digest()]
    fake = {
        n.to_bytes(4, "big"): issuer.verifier._signed[hashlib.sha256(token.encode()).digest()]
        for n in range(tokens._REMEMBERED)
    }
    issuer.verifier._signed |= fake
    issuer.verify(issuer.signed(claims=issuer.good(sub="eve")))
    assert len(issuer.verifier._signed) <= tokens._REMEMBERED + 1


# ---- another issuer's tokens


def test_foreign_tokens_need_no_session_and_no_key_id_but_all_else(tmp_path):
    issuer = Issuer(tmp_path, "HS256", foreign_tokens=True)
    claims = issuer.good()
    del claims["sid"]
    token = jwt.encode(claims, SECRET, "HS256")
    assert issuer.verify(token) == Identity("ada", "", NOW + 60_000)
    assert issuer.cause(jwt.encode(claims, SECRET + b"x", "HS256")) == "token-signature-invalid"
    assert issuer.cause(jwt.encode({**claims, "exp": AT}, SECRET, "HS256")) == "token-expired"
    assert issuer.cause(jwt.encode(claims, SECRET * 2, "HS512")) == "token-algorithm-refused"
    assert issuer.cause(jwt.encode(claims, None, "none")) == "token-algorithm-refused"


def test_by_default_they_are_refused(tmp_path):
    issuer = Issuer(tmp_path, "HS256")
    assert issuer.cause(jwt.encode(issuer.good(), SECRET, "HS256")) == "token-key-unknown"
