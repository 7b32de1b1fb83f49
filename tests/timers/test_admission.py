"""Judging a handshake by what stands in it: total, quick and thorough agree, and nothing of a credential is repeated."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ws101.handshake.headers import Headers
from ws101.handshake.incoming import parse
from ws101.handshake.request import Request, build, opening
from ws101.timers import admission
from ws101.timers.admission import PATH, Asked, judge
from ws101.timers.problem import REFUSALS

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
BEARER = ("Authorization", f"Bearer {TOKEN}")


def asked(*fields, target=PATH, origins=()):
    return judge(parse(build(opening("h.test", target, KEY, Headers.of(fields)))), origins)


# ---- what is asked for


def test_a_token_is_taken_as_it_stands():
    assert asked(BEARER) == Asked(KEY, token=TOKEN)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_schemes_case_and_blanks_do_not_matter(scheme):
    assert asked(("Authorization", f"{scheme} {TOKEN}")).token == TOKEN


def test_a_header_counts_before_a_ticket():
    assert asked(BEARER, target=f"{PATH}?ticket=t").token == TOKEN
    assert asked(target=f"{PATH}?ticket=a%2Db").ticket == "a-b"


@pytest.mark.parametrize(
    ("query", "since", "epoch", "device"),
    [
        ("", None, None, None),
        ("since=7&epoch=e&device=d", 7, "e", "d"),
        ("since=0", 0, None, None),
        ("since=", 0, None, None),
        ("since=-1&epoch=", 0, "", None),
        ("since=1e9", 0, None, None),
        ("since=%D9%A3", 0, None, None),
        ("since=" + "9" * 5000, 0, None, None),
        ("device=", None, None, None),
        ("device=my%20phone", None, None, "my phone"),
        ("device=" + "d" * 500, None, None, "d" * 128),
    ],
)
def test_what_is_to_be_resumed(query, since, epoch, device):
    found = judge(
        parse(build(Request(f"{PATH}?{query}", opening("h", "/", KEY, Headers.of([BEARER])).headers)))
    )
    assert (found.since, found.epoch, found.device) == (since, epoch, device)


# ---- origin


@pytest.mark.parametrize(
    ("origin", "host", "origins", "allowed"),
    [
        ("https://h.test", "h.test", (), True),
        ("http://h.test:8080", "h.test:8080", (), True),
        ("https://h.test", "h.test:443", (), True),
        ("http://h.test:80", "h.test", (), True),
        ("https://H.test", "h.TEST", (), True),
        ("https://h.test:8443", "h.test", (), False),
        ("https://h.test.evil.test", "h.test", (), False),
        ("https://evil.test", "h.test", (), False),
        ("https://evil.test/h.test", "h.test", (), False),
        ("https://h.test@evil.test", "h.test", (), False),
        ("ftp://h.test", "h.test", (), False),
        ("null", "h.test", (), False),
        ("", "h.test", (), False),
        ("https://app.test", "h.test", ("https://app.test",), True),
        ("https://app.test", "h.test", ("*",), True),
        ("null", "h.test", ("null",), True),
    ],
)
def test_a_page_must_be_the_services_own_or_allowed(origin, host, origins, allowed):
    found = asked(BEARER, ("Host", host), ("Origin", origin), origins=origins)
    assert isinstance(found, Asked) is allowed
    if not allowed:
        assert found.cause == "origin-rejected"


def test_programs_send_no_origin():
    assert isinstance(asked(BEARER), Asked)


# ---- whatever comes

_TEXT = st.text(st.characters(max_codepoint=0xFF), max_size=30)
_VALUES = st.one_of(
    _TEXT,
    st.sampled_from(["websocket", "Upgrade", "keep-alive, upgrade", "13", "8", KEY, "null", "0", "5", "h", "a b", "chunked", f"Bearer {TOKEN}"]),
)  # fmt: skip
_NAMES = st.sampled_from([
    "Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions", "Origin", "Authorization", "Cookie", "Content-Length", "Transfer-Encoding", "Via",
    "X-Auth-Token", "X-One", "",
])  # fmt: skip
_SOUND = opening("h.test", PATH, KEY, Headers.of([BEARER])).headers.fields


@st.composite
def _requests(draw):
    fields = list(_SOUND)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(fields)))
        field = (draw(_NAMES), draw(_VALUES))
        if draw(st.booleans()) and at < len(fields):
            fields[at] = field
        else:
            fields.insert(at, field)
    target = draw(
        st.sampled_from([PATH, f"{PATH}?ticket=x", f"{PATH}?token={TOKEN}", "/", f"{PATH}#x", "*", ""])
    )
    method = draw(st.sampled_from(["GET", "GET", "POST", "get", ""]))
    version = draw(st.sampled_from(["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/3.0", ""]))
    return Request(target, Headers.of(fields), method, version)


@given(_requests())
@example(Request("", Headers.of([]), "", ""))
def test_every_request_is_judged_and_every_cause_is_known(request):
    found = judge(parse(build(request)))
    fault = found.fault if isinstance(found, Asked) else found
    if fault is not None:
        assert fault.cause in REFUSALS
        assert fault.detail
        assert fault.detail.isprintable()
    else:
        assert bool(found.token) != bool(found.ticket)


@given(_requests())
def test_what_passes_quickly_would_pass_thoroughly(request):
    head = parse(build(request))
    if admission._is_sound(head, head.last):
        assert list(admission._faults(head)) == []


@given(st.binary(max_size=300))
def test_no_bytes_raise(data):
    judge(parse(data))


_SECRET = "".join(string.ascii_letters[i % 52] for i in range(0, 400, 7))


@given(
    st.sampled_from(["", "Bearer ", "Basic ", 'Bearer "', "Bearer Bearer ", "JWT ", "x"]),
    st.sampled_from(["", '"', " x"]),
)
def test_no_credential_is_repeated(before, after):
    secret = f"eyJ{_SECRET}"
    for found in (
        asked(("Authorization", f"{before}{secret}{after}")),
        asked(target=f"{PATH}?token={secret}"),
        asked(("Cookie", f"session={secret}")),
        asked(("Sec-WebSocket-Protocol", f"bearer, {secret}")),
        asked(("X-Api-Key", secret)),
        asked(BEARER, ("Upgrade", secret)),
        asked(BEARER, ("Connection", secret)),
        asked(BEARER, ("Origin", f"https://{secret}")),
        asked(BEARER, (secret + " x", "1")),
        asked(BEARER, target=f"/{secret}"),
    ):
        fault = found.fault if isinstance(found, Asked) else found
        assert secret[3:20] not in repr(found)
        assert fault is None or secret[3:20] not in fault.detail
