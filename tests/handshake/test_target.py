import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.errors import UsageError
from ws101.handshake.target import Address, own_host, read_url


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port", "target"),
    [
        ("ws://h.test", "ws", "h.test", 80, "/"),
        ("wss://h.test/ws", "wss", "h.test", 443, "/ws"),
        ("http://h.test:8080/a?b=c", "ws", "h.test", 8080, "/a?b=c"),
        ("HTTPS://H.Test/A", "wss", "h.test", 443, "/A"),
        ("  ws://h.test/ws\n", "ws", "h.test", 80, "/ws"),
        ("ws://h.test:/ws", "ws", "h.test", 80, "/ws"),
        ("ws://h.test?a=b", "ws", "h.test", 80, "/?a=b"),
        ("ws://h.test/?", "ws", "h.test", 80, "/"),
        ("ws://127.0.0.1:65535/", "ws", "127.0.0.1", 65535, "/"),
        ("ws://[::1]:8080/x", "ws", "::1", 8080, "/x"),
        ("wss://[2001:DB8:0::1]/", "wss", "2001:db8::1", 443, "/"),
        ("ws://[fe80::1%25eth0]/", "ws", "fe80::1%25eth0", 80, "/"),
        ("ws://bücher.example/", "ws", "xn--bcher-kva.example", 80, "/"),
        ("ws://h_1.test/", "ws", "h_1.test", 80, "/"),
        ("ws://h/%zz%", "ws", "h", 80, "/%zz%"),
        ("ws://h/%2F%c3", "ws", "h", 80, "/%2F%c3"),
        ("ws://h/é", "ws", "h", 80, "/%C3%A9"),
        ("ws://h/\udcff", "ws", "h", 80, "/%FF"),
        ("ws://h/a|b?c=<d>", "ws", "h", 80, "/a%7Cb?c=%3Cd%3E"),
        ("ws://h//a/../b;c", "ws", "h", 80, "//a/../b;c"),
        ("ws://h/?u=ws://x@y", "ws", "h", 80, "/?u=ws://x@y"),
    ],
)  # fmt: skip
def test_a_url_is_taken_apart(url, scheme, host, port, target):
    assert read_url(url) == Address(scheme, host, port, target)


@pytest.mark.parametrize(
    ("url", "userinfo"),
    [
        ("ws://u:p@h/", "u:p"),
        ("ws://u@h/", "u"),
        ("ws://u%40v:p%3A@h/", "u%40v:p%3A"),
        ("ws://a@b@h/", "a@b"),
        ("ws://:p@h/", ":p"),
    ],
)
def test_userinfo_stays_encoded_and_out_of_the_repr(url, userinfo):
    address = read_url(url)
    assert (address.userinfo, address.host) == (userinfo, "h")
    assert userinfo not in repr(address)


def test_the_query_stays_out_of_the_repr():
    assert "hunter2" not in repr(read_url("ws://h/?token=hunter2"))


# ---- what is wrong

_WRITE = "Write ws://host:port/path"
_EMPTY = "is no URL: it is empty or holds blanks or control characters. " + _WRITE
_HOST = f"is no URL: its host cannot be read (an IPv6 address stands in brackets, as in ws://[::1]:8080/). {_WRITE}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f'"" {_EMPTY}'),
        ("ws://a b/", f'"ws://a b/" {_EMPTY}'),
        ("ws://h/\x00", f'"ws://h/\x00" {_EMPTY}'),
        ("h.test/ws", f'"h.test/ws" has no scheme. {_WRITE}, or wss:// for TLS'),
        ("//h.test/", f'"//h.test/" has no scheme. {_WRITE}, or wss:// for TLS'),
        ("ftp://h/", f"the scheme 'ftp' is none of ws, wss, http, https. {_WRITE}"),
        ("wsss://h/", f"the scheme 'wsss' is none of ws, wss, http, https. {_WRITE}"),
        (
            "ws://h/#",
            "the URL has a fragment (#…), which WebSocket URLs must not have (RFC 6455, 3). Write %23 for a literal #.",
        ),
        ("ws://[::1", f'"ws://[::1" {_HOST}'),
        ("ws:///ws", f'"ws:///ws" names no host. {_WRITE}'),
        ("ws://u@/", f"the URL names no host. {_WRITE}"),
        ("ws://h:0/", f'the port of "ws://h:0/" is no number from 1 to 65535. {_WRITE}'),
        ("ws://h:x/?t=s", f'the port of "ws://h:x/" is no number from 1 to 65535. {_WRITE}'),
        ("ws://u:p@h:x/", f"the port of the URL is no number from 1 to 65535. {_WRITE}"),
        ("ws://ä..test/", f'"ä..test" is no host name that DNS can hold (RFC 1035, 2.3.4; IDNA). {_WRITE}'),
        (
            f"ws://{'a' * 254}/",
            f'"{"a" * 100}" is no host name that DNS can hold (RFC 1035, 2.3.4; IDNA). {_WRITE}',
        ),
    ],
)
def test_each_wrong_url_has_its_sentence(text, sentence):
    with pytest.raises(UsageError) as raised:
        read_url(text)
    assert str(raised.value) == sentence


_SECRET = "5ecret"


def _said(text):
    """What is said of a URL: the complaint, or the address as it shows itself."""
    try:
        return repr(read_url(text))
    except UsageError as error:
        return str(error)


_PIECES = st.text(st.sampled_from("aw:/[]#%.0é \t"), max_size=6)


@given(
    st.sampled_from(["ws://", "wss://", "WS://", "https://", "ftp://", "", "//", "ws:/"]),
    _PIECES,
    _PIECES,
    st.sampled_from(
        [f"{_SECRET}@{{}}", f"u:{_SECRET}@{{}}", f"{{}}?{_SECRET}", f"{{}}?a={_SECRET}@", f"{{}}#{_SECRET}"]
    ),
)
def test_no_complaint_repeats_what_stands_before_an_at_or_behind_a_question_mark(scheme, one, two, shape):
    text = scheme + one + shape.format(two)
    assert _SECRET not in _said(text)


@given(st.one_of(st.text(), st.text(st.sampled_from("ws:/@[]?%.h0é"), max_size=30).map("ws://".__add__)))
def test_any_text_is_a_url_that_can_be_sent_or_is_refused(text):
    try:
        address = read_url(text)
    except UsageError:
        return
    assert address.target.startswith("/")
    assert address.target.isascii()
    assert not any(c.isspace() for c in address.target)
    assert address.host.isascii()
    assert 0 < address.port < 65536
    assert address.scheme in {"ws", "wss"}


@given(st.text(st.sampled_from("/aB9-._~%é|<?&="), max_size=20).map("/".__add__))
def test_a_target_that_was_read_is_read_again_unchanged(target):
    once = read_url(f"ws://h{target}").target
    assert read_url(f"ws://h{once}").target == once


@pytest.mark.parametrize(
    ("host", "port", "tls", "field"),
    [
        ("h", 80, False, "h"),
        ("h", 443, True, "h"),
        ("h", 80, True, "h:80"),
        ("h", 443, False, "h:443"),
        ("::1", 443, True, "[::1]"),
        ("::1", 80, True, "[::1]:80"),
    ],
)
def test_host_has_the_port_where_it_is_not_the_schemes_own(host, port, tls, field):
    assert own_host(host, port, tls=tls) == field
