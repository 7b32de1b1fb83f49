import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokens.minting import SECRET, minted
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.tokens import credential
from ws101.tokens.reading import Credential, Place
from ws101.tokens.verify import Keys, verify

TOKEN = minted()
ARMOURED = base64.urlsafe_b64encode(TOKEN.encode()).rstrip(b"=").decode()


def request(target: str = "/ws", *fields: tuple[str, str]) -> Request:
    return Request(target, Headers.of([("Host", "example.test"), ("Origin", ""), *fields]))


def header(value: str) -> Request:
    return request("/ws", ("Authorization", value))


CARRIERS = {
    "header": header(f"Bearer {TOKEN}"),
    "header without scheme": header(TOKEN),
    "header, two blanks": header(f"Bearer  {TOKEN} "),
    "header, doubled": header(f"Bearer Bearer {TOKEN}"),
    "header, quoted": header(f'Bearer "{TOKEN}"'),
    "header, all quoted": header(f'"Bearer {TOKEN}"'),
    "header, line break": header(f"Bearer {TOKEN[:30]}\n {TOKEN[30:]}"),
    "header, bare with line break": header(f"{TOKEN[:30]}\n{TOKEN[30:]}"),
    "query": request(f"/ws?a=%2F&Access_Token={TOKEN}&b"),
    "query, encoded": request("/ws?x&token=a%2Fb%3D"),
    "query, other name": request(f"/ws?t={TOKEN}"),
    "cookie": request("/ws", ("Cookie", f"theme=dark;  at={TOKEN} ; b=c")),
    "cookie by name": request("/ws", ("Cookie", "sessionid=x%20y; csrftoken=q")),
    "subprotocol pair": request("/ws", ("Sec-WebSocket-Protocol", f"bearer, {TOKEN}")),
    "subprotocol among others": request(
        "/ws", ("Sec-WebSocket-Protocol", f"graphql-ws,access_token,{TOKEN}")
    ),
    "subprotocol alone": request("/ws", ("Sec-WebSocket-Protocol", f"chat, {TOKEN}")),
    "subprotocol of Kubernetes": request(
        "/ws",
        ("Sec-WebSocket-Protocol", f"base64url.bearer.authorization.k8s.io.{ARMOURED}, v4.channel.k8s.io"),
    ),
    "subprotocol, glued": request(
        "/ws", ("Sec-WebSocket-Protocol", f"base64UrlBearerAuthorization.{ARMOURED}")
    ),
}


@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
def test_a_credential_is_found_once(carrier):
    assert len(credential.find(carrier)) == 1


@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
def test_replacing_a_value_by_itself_keeps_every_byte(carrier):
    (found,) = credential.find(carrier)
    assert credential.replaced(carrier, found, found.value) == carrier


@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
def test_nothing_is_left_without_credentials(carrier):
    left = credential.without(carrier)
    assert credential.find(left) == ()
    assert left.path == carrier.path
    assert left.headers.get("Host") == "example.test"
    assert "Origin" in left.headers


@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
@pytest.mark.parametrize("place", Place)
def test_a_moved_token_is_found_where_it_was_put(carrier, place):
    (found,) = credential.find(carrier)
    (moved,) = credential.find(credential.moved(carrier, found, place))
    assert moved.place is place
    token = credential.plain(found).strip()
    scheme = (
        f"{moved.scheme} " if place is Place.FIELD and moved.scheme else ""
    )  # a first word counts as one there
    assert f"{scheme}{credential.plain(moved).strip()}" == token


def test_what_is_no_credential_is_not_found():
    fields = [
        ("Cookie", "theme=dark; csrftoken=abc"),
        ("Sec-WebSocket-Protocol", "chat, graphql-transport-ws, v4.channel.k8s.io"),
    ]
    assert credential.find(request("/ws?EIO=4&transport=websocket", *fields)) == ()


def test_the_scheme_is_read_apart_from_the_value():
    (found,) = credential.find(header("Basic YWxpY2U6aHVudGVyMg=="))
    assert (found.scheme, found.value) == ("Basic", "YWxpY2U6aHVudGVyMg==")
    assert not credential.carries_token(found)
    assert credential.find(header("Bearer"))[0] == Credential(Place.HEADER, "Authorization", "Bearer", "")


def test_the_likeliest_token_comes_first():
    both = request(f"/ws?key=room&token={TOKEN}", ("Authorization", "Basic YTpi"))
    assert [c.value for c in credential.find(both)] == [TOKEN, "room", "YTpi"]
    both = request(f"/ws?token={TOKEN}", ("Authorization", "Bearer null"))
    assert credential.find(both)[0].value == "null"


def test_a_moved_token_stands_as_servers_expect_it():
    start = request(
        "/ws?x=1", ("Authorization", f"Bearer {TOKEN}"), ("Sec-WebSocket-Protocol", "chat"), ("Cookie", "a=b")
    )
    (found,) = credential.find(start)
    assert credential.moved(start, found, Place.QUERY).target == f"/ws?x=1&token={TOKEN}"
    assert credential.moved(start, found, Place.COOKIE).headers.get("Cookie") == f"a=b; token={TOKEN}"
    moved = credential.moved(start, found, Place.SUBPROTOCOL)
    assert moved.headers.get("Sec-WebSocket-Protocol") == f"bearer, {TOKEN}, chat"
    assert "Authorization" not in moved.headers


@pytest.mark.parametrize(
    ("sent", "tidy"),
    [
        (f"Bearer Bearer {TOKEN}", f"Bearer {TOKEN}"),
        (f'Bearer "{TOKEN}"', f"Bearer {TOKEN}"),
        (f'"Bearer {TOKEN}"', f"Bearer {TOKEN}"),
        (f"Bearer  {TOKEN}", f"Bearer {TOKEN}"),
        (f"Bearer: {TOKEN}", f"Bearer {TOKEN}"),
        (f"bearer {TOKEN}", f"Bearer {TOKEN}"),
        (f"Bearer {TOKEN[:30]}\n{TOKEN[30:]}", f"Bearer {TOKEN}"),
        (f"{TOKEN}\n", f"Bearer {TOKEN}"),
        ("opaque", "Bearer opaque"),
    ],
)
def test_a_header_is_tidied(sent, tidy):
    (found,) = credential.find(header(sent))
    assert credential.tidied(header(sent), found) == header(tidy)
    assert credential.tidy_value(found) == tidy


@pytest.mark.parametrize("sent", [f"Bearer {TOKEN}", "Basic YTpi", "Token abc", "Bearer", "Bearer opaque"])
def test_what_is_tidy_stays(sent):
    (found,) = credential.find(header(sent))
    assert credential.tidied(header(sent), found) is None


def test_a_query_is_tidied_and_keeps_its_encoding_otherwise():
    sent = request(f"/ws?a=%20&token=Bearer%20{TOKEN}")
    assert credential.tidied(sent, credential.find(sent)[0]) == request(f"/ws?a=%20&token={TOKEN}")


@pytest.mark.parametrize("value", [TOKEN, "opaque-value", "a%2Fb%3D", "YTpi", "", "...", ARMOURED])
def test_a_broken_value_is_another_of_the_same_shape(value):
    new = credential.broken(value)
    assert new != value
    assert new.count(".") == value.count(".")
    assert new.count("%") == value.count("%")


def test_a_broken_signature_does_not_verify():
    assert verify(TOKEN, Keys(SECRET)) is None
    for signature_start in range(20):
        token = minted(jti=str(signature_start))
        assert verify(credential.broken(token), Keys(SECRET)) is not None
        assert credential.broken(token).rpartition(".")[0] == token.rpartition(".")[0]


def test_every_secret_is_listed():
    fields = [
        ("Authorization", "Basic YWxpY2U6aHVudGVyMg=="),
        ("X-Api-Key", "k-123456"),
        ("Cookie", "theme=dark; sid=s%20id"),
        ("Sec-WebSocket-Protocol", f"bearer, {TOKEN}"),
        ("Sec-WebSocket-Key", "not-a-secret"),
    ]
    found = credential.secrets(
        request("ws://user:p%40ss@example.test/ws?token=a%2Fb&client_secret=zz&room=7", *fields)
    )
    for secret in (
        "YWxpY2U6aHVudGVyMg==",
        "hunter2",
        "k-123456",
        "dark",
        "s%20id",
        "s id",
        TOKEN,
        "p%40ss",
        "p@ss",
        "a%2Fb",
        "a/b",
        "zz",
    ):
        assert secret in found
    for innocent in ("not-a-secret", "7", "bearer", "Basic"):
        assert innocent not in found
    assert list(found) == sorted(found, key=lambda s: (-len(s), s))


def test_a_word_that_stands_for_no_token_is_no_secret():
    assert credential.secrets(header("Bearer null")) == ()
    assert credential.secrets(header("Bearer")) == ()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60))
def test_any_header_query_cookie_and_subprotocol_can_be_read_and_edited(text):
    for carrier in (
        header(text),
        request(f"/ws?{text}"),
        request("/ws", ("Cookie", f"token={text}")),
        request("/ws", ("Sec-WebSocket-Protocol", f"bearer, {text}")),
    ):
        credential.secrets(carrier)
        credential.without(carrier)
        for found in credential.find(carrier):
            assert credential.replaced(carrier, found, found.value) == carrier
            credential.tidied(carrier, found)
            credential.broken(found.value)


@pytest.mark.parametrize("name", ["access_token", "X-Auth-Token", "X-API-Key", "Jwt"])
def test_a_token_in_a_field_of_its_own_is_found_by_the_fields_name(name):
    (found,) = credential.find(request("/ws", (name, "opaque-1f0c")))
    assert (found.place, found.name, found.value) == (Place.FIELD, name, "opaque-1f0c")


def test_a_jwt_is_found_in_any_field_and_other_fields_hold_no_token():
    (found,) = credential.find(
        request("/ws", ("X-Whatever", TOKEN), ("Idempotency-Key", "1"), ("X-CSRF-Token", "2"))
    )
    assert (found.place, found.name) == (Place.FIELD, "X-Whatever")


def test_authorization_comes_before_a_field_of_its_own():
    both = request("/ws", ("X-API-Key", "opaque-1f0c"), ("Authorization", f"Bearer {TOKEN}"))
    assert [found.place for found in credential.find(both)] == [Place.HEADER, Place.FIELD]
