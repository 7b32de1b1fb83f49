"""What is told of a request: nothing secret, and everything else as it came."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.timers.redaction import begun, described, field, see, target

HEADER, CLAIMS, SIGNATURE = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    "eyJzdWIiOiJjbGFpbXMtY2FuYXJ5In0",
    "c2lnbmF0dXJlLWNhbmFyeQ",
)
JWT = f"{HEADER}.{CLAIMS}.{SIGNATURE}"
OPAQUE = "sEcReT-oPaQuE-0123456789abcdef"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Authorization", f"Bearer {JWT}", f"Bearer [token, 3 parts, {len(JWT)} characters]"),
        ("authorization", f"bearer  {JWT}", f"bearer [token, 3 parts, {len(JWT) + 1} characters]"),
        ("Authorization", f"Bearer {OPAQUE}", f"Bearer [token, 1 part, {len(OPAQUE)} characters]"),
        ("Authorization", JWT, f"[token, 3 parts, {len(JWT)} characters]"),
        ("Authorization", "Bearer null", "Bearer null"),
        ("Authorization", "Bearer ", "Bearer "),
        ("Authorization", "Bearer undefined", "Bearer undefined"),
        ("Authorization", f'Bearer "{OPAQUE}"', f"Bearer [token, 1 part, {len(OPAQUE) + 2} characters]"),
        ("Proxy-Authorization", "Basic YTpi", "Basic [token, 1 part, 4 characters]"),
        ("X-Access-Token", OPAQUE, f"[token, 1 part, {len(OPAQUE)} characters]"),
        ("X-API-Key", OPAQUE, f"[token, 1 part, {len(OPAQUE)} characters]"),
        ("Cookie", f"theme=dark; sid={OPAQUE}", f"theme=[token, 1 part, 4 characters]; sid=[token, 1 part, {len(OPAQUE)} characters]"),
        ("Cookie", OPAQUE, f"[token, 1 part, {len(OPAQUE)} characters]"),
        ("Sec-WebSocket-Protocol", "graphql-transport-ws, v12.stomp", "graphql-transport-ws, v12.stomp"),
        ("Sec-WebSocket-Protocol", "bearer, abc", "bearer, [token, 1 part, 3 characters]"),
        ("Sec-WebSocket-Protocol", JWT, f"[token, 3 parts, {len(JWT)} characters]"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=15", "permessage-deflate; client_max_window_bits=15"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (X11; Linux x86_64)"),
        ("Referer", f"https://h.test/?a=1&ticket={OPAQUE}#x", f"https://h.test/?a=1&ticket=[token, 1 part, {len(OPAQUE)} characters]#x"),
        ("X-Original-URI", f"/x/{JWT}", f"/x/[token, 3 parts, {len(JWT)} characters]"),
        ("Origin", "https://user:pa55@h.test", "https://[token, 1 part, 9 characters]@h.test"),
        ("X-Anything", f"so {JWT} it is", f"so [token, 3 parts, {len(JWT)} characters] it is"),
    ],
)  # fmt: skip
def test_a_header_is_told_without_its_secret(name, value, told):
    assert field(name, value) == told
    head = f"GET / HTTP/1.1\r\nHost: h\r\n{name}: {value}\r\n\r\n".encode()
    assert see(head).headers[1] == (name, told.strip(" ") if value.endswith(" ") else told) or value.endswith(
        " "
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/a?ticket=abc&device=d1", "/a?ticket=[token, 1 part, 3 characters]&device=d1"),
        ("/a?access_token=a.b.c", "/a?access_token=[token, 3 parts, 5 characters]"),
        ("/a?%74icket=abc", "/a?%74icket=[token, 1 part, 3 characters]"),
        ("/a?x=" + quote(JWT).replace("e", "%65"), None),
        ("/a;token=abc", "/a;token=[token, 1 part, 3 characters]"),
        ("http://ann:pw@h.test/a", "http://[token, 1 part, 6 characters]@h.test/a"),
        ("/a?since=12&epoch=e1f2&device=phone", "/a?since=12&epoch=e1f2&device=phone"),
        (f"/{JWT}", f"/[token, 3 parts, {len(JWT)} characters]"),
    ],
)
def test_a_target_is_told_without_its_secrets(text, told):
    said = target(text)
    assert said == told if told else CLAIMS.replace("e", "%65") not in said


def test_the_log_shows_where_a_token_begins():
    assert begun(JWT) == f"eyJhbGciOiJIUzI1... ({len(JWT)} characters)"
    assert begun(OPAQUE) == described(OPAQUE)
    assert begun("null") == "null"
    assert begun("eyJ.a.b") == "eyJ... (7 characters)"


def test_a_request_is_told_as_it_came():
    seen = see(b"GET /a?x=1 HTTP/1.1\r\nHOST: h\r\nupgrade: WebSocket\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n")
    assert (seen.method, seen.target, seen.path, seen.version) == ("GET", "/a?x=1", "/a", "HTTP/1.1")
    assert seen.headers == (("HOST", "h"), ("upgrade", "WebSocket"), ("X-Two", "1"), ("X-Two", "2"))
    assert not seen.has_authorization
    assert see(b"GET / HTTP/1.1\r\nAUTHORIZATION: \r\n\r\n").has_authorization


PLACES = [
    "GET /?token={} HTTP/1.1\r\n\r\n",
    "GET /{} HTTP/1.1\r\n\r\n",
    "{} / HTTP/1.1\r\n\r\n",
    "GET / {}\r\n\r\n",
    "GET / HTTP/1.1\r\n{}: x\r\n\r\n",
    "GET / HTTP/1.1\r\nX {}: x\r\n\r\n",
    "GET / HTTP/1.1\r\nAuthorization : Bearer {}\r\n\r\n",
    "GET / HTTP/1.1\r\nAuthorization\r\n : Bearer {}\r\n\r\n",
    "GET / HTTP/1.1\r\nX-A: b\r\n Authorization: Bearer {}\r\n\r\n",
    "GET / HTTP/1.1\nAuthorization: Bearer {}\n\n",
    "GET / HTTP/1.1\r\nAuthorization:Bearer {}\r\n\r\n",
    "GET / HTTP/1.1\r\nAuthorization: Bearer {}",
    "GET / HTTP/1.1\r\n\tAuthorization: Bearer {}\r\n\r\n",
    "\r\nGET /?ticket={} HTTP/1.1\r\n\r\n",
    "{}",
    "CONNECT {}\r\n{}",
    "\x16\x03\x01{}",
    "GET / HTTP/1.1\r\nX-\x1b[2J: {}\r\n\r\n",
]


@pytest.mark.parametrize("place", PLACES, ids=repr)
def test_a_token_is_found_wherever_it_stands(place):
    for form in (described, begun):
        said = repr(see(place.replace("{}", JWT).encode("latin-1"), form))
        assert CLAIMS not in said
        assert SIGNATURE not in said


@pytest.mark.parametrize(
    "place",
    [place for place in PLACES if "oken={}" in place or "Bearer" in place or "ticket" in place],
    ids=repr,
)
def test_a_secret_without_a_form_is_found_by_its_place(place):
    assert OPAQUE not in repr(see(place.replace("{}", OPAQUE).encode()))


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(head):
    see(head, begun)


@given(
    st.text("ab;=&?%:/ ,.", max_size=60),
    st.sampled_from(["Cookie", "Authorization", "X", "Sec-WebSocket-Protocol"]),
)
def test_no_value_makes_it_raise_and_none_is_lost(value, name):
    told = field(name, value)
    assert (told == "") == (value == "")
