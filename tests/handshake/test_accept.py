from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.utilities import generate_accept_token

from ws101.handshake.accept import accept_value, key_problem, new_key


def test_accept_value_is_that_of_the_rfc() -> None:
    assert accept_value("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@given(st.binary(min_size=16, max_size=16))
def test_a_new_key_is_right_and_wsproto_answers_it_alike(nonce: bytes) -> None:
    key = new_key(nonce)
    assert key_problem(key) == ""
    assert accept_value(key).encode() == generate_accept_token(key.encode())


@given(st.text())
def test_no_key_at_all_raises(key: str) -> None:
    accept_value(key)
    key_problem(key)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("", "is empty"),
        ("not base64!", "is no base64"),
        ("dGhlIHNhbXBsZSBub25jZQ=", "is no base64"),
        (" dGhlIHNhbXBsZSBub25jZQ==", "is no base64"),
        ("ключ", "is no base64"),
        (b64encode(b"x" * 15).decode(), "is the base64 of 15 bytes, not of 16"),
        (b64encode(b"x" * 17).decode(), "is the base64 of 17 bytes, not of 16"),
    ],
)
def test_a_wrong_key_is_told_why(key: str, problem: str) -> None:
    assert key_problem(key) == problem


@given(st.binary(max_size=40))
def test_a_key_is_right_only_with_sixteen_bytes(nonce: bytes) -> None:
    assert (key_problem(b64encode(nonce).decode()) == "") is (len(nonce) == 16)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_nonce_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        new_key(bytes(size))
