import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokens.minting import minted, part, unsigned
from ws101.tokens.decode import Jwt, NotAJwt, bare, decode, looks_like_jwt


def test_a_token_is_read_whole():
    token = decode(minted(name="Zoë"))
    assert isinstance(token, Jwt)
    assert (token.alg, token.claims["sub"], token.claims["name"]) == ("HS256", "alice", "Zoë")
    assert token.blemishes == ()
    assert len(token.signature) == 32


def test_no_part_of_the_signature_is_in_a_repr():
    value = minted()
    assert value.rpartition(".")[2] not in repr(decode(value))


@pytest.mark.parametrize(
    ("mangle", "blemish"),
    [
        (lambda t: f'"{t}"', "it stands in quotes"),
        (lambda t: f"'{t}", "it stands in quotes"),
        (lambda t: f"Bearer {t}", "the word Bearer is part of it"),
        (lambda t: f"bearer bearer {t}", "the word Bearer is part of it"),
        (lambda t: f"{t}\n", "it has blanks or line breaks around it"),
        (lambda t: f"{t[:40]}\r\n{t[40:]}", "it is broken by a line break"),
        (lambda t: f"{t[:40]} {t[40:]}", "it has a blank inside"),
    ],
)
def test_what_a_token_was_wrapped_in_is_taken_off_and_named(mangle, blemish):
    value = minted()
    token = decode(mangle(value))
    assert isinstance(token, Jwt)
    assert token.claims["sub"] == "alice"
    assert blemish in token.blemishes
    assert bare(mangle(value))[0] == value


@pytest.mark.parametrize(
    "value", ["", " ", "null", "undefined", "Bearer null", "[object Object]", "${TOKEN}", "$TOKEN", "<token>"]
)
def test_what_clients_send_instead_of_a_token_is_malformed(value):
    token = decode(value)
    assert isinstance(token, NotAJwt)
    assert token.malformed


def test_a_token_that_was_cut_off_is_malformed_and_says_how_much_is_left():
    head, claims, _ = minted().split(".")
    assert "2 of a JWT's 3 parts" in decode(f"{head}.{claims}").why
    assert decode(f"{head}.{claims[:-3]}").malformed
    assert "second part" in decode(f"{head}.{claims[:-8]}.abcd").why


def test_a_signature_of_the_wrong_length_was_cut():
    assert "has 30 bytes where HS256 makes 32" in decode(minted()[:-3]).blemishes[0]
    assert decode(minted().rpartition(".")[0] + ".").blemishes == ("its signature is missing",)


def test_an_unsigned_token_misses_no_signature():
    assert decode(unsigned(sub="alice")).blemishes == ()


def test_an_encrypted_token_is_recognised_and_not_malformed():
    token = decode(".".join([part({"alg": "dir", "enc": "A128GCM"}), "", "aXY", "Y2lwaGVy", "dGFn"]))
    assert isinstance(token, NotAJwt)
    assert not token.malformed
    assert "encrypted" in token.why
    assert token.header["enc"] == "A128GCM"


@pytest.mark.parametrize("value", ["5f2c9e1ab37d", "sk_live.abc.def", "v4.public.xyz", "a.b.c.d"])
def test_an_opaque_token_is_no_jwt_and_not_malformed(value):
    token = decode(value)
    assert isinstance(token, NotAJwt)
    assert not token.malformed


def test_base64_in_place_of_base64url_is_read_and_named():
    head, claims, signature = minted().split(".")
    padded = f"{head}{'=' * (-len(head) % 4)}.{claims}{'=' * (-len(claims) % 4)}.{signature}="
    assert "it is written in base64 and not in base64url" in decode(padded).blemishes


def test_json_that_is_no_object_is_no_token():
    assert isinstance(decode(f"{part(b'[1]')}.{part(b'[2]')}.x"), NotAJwt)
    assert isinstance(decode(f"{part(b'[' * 100_000)}.a.b"), NotAJwt)
    assert isinstance(decode(f"{part({'alg': 'HS256'})}.{part(b'1' * 5000)}.x"), NotAJwt)


@given(st.text(max_size=200))
def test_decoding_never_raises(text):
    assert isinstance(decode(text), Jwt | NotAJwt)


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=6), st.sampled_from(["", "Bearer ", '"']))
def test_decoding_never_raises_on_parts(raw, prefix):
    assert isinstance(decode(prefix + ".".join(part(piece) for piece in raw)), Jwt | NotAJwt)


def test_shape():
    assert looks_like_jwt(minted())
    assert looks_like_jwt(minted().rpartition(".")[0])
    assert not looks_like_jwt("eyJ")
    assert not looks_like_jwt("graphql-transport-ws")
