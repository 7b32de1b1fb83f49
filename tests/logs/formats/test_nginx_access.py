"""nginx's access logs, in every log_format that is met."""

from hypothesis import given
from hypothesis import strategies as st

from ws101.logs.entry import Told
from ws101.logs.formats import nginx_access
from ws101.logs.formats.nginx_access import from_log_format, from_words
from ws101.logs.line import Line, Place
from ws101.signature import Says

COMBINED, GUIDE, TIMERS, MAIN, INGRESS, *_ = nginx_access.FORMATS
UPGRADED = '127.0.0.1 - - [26/Nov/2026:01:09:19 +0000] "GET /ws?token=[token 9f2c] HTTP/1.1" 101 157 "-" "ws101/0.5.0 (probe 7f3a9c01-03)"'


def read(kind, text):
    line = Line(text, Place("access.log", 7))
    assert kind.opens(text), text
    return kind.read([line])


def test_a_handshake_in_combined():
    entry = read(COMBINED, UPGRADED)
    assert (entry.client, entry.method, entry.path, entry.version) == (
        "127.0.0.1",
        "GET",
        "/ws?token=[token 9f2c]",
        "HTTP/1.1",
    )
    assert (entry.status, entry.size, entry.time, entry.zoned) == (101, 157, 1795655359.0, True)
    assert (entry.told, entry.upstream, entry.took, entry.user) == (Told.ANSWERED, None, None, "")
    assert entry.identity == {"probe": "7f3a9c01-03"}
    assert str(entry.place) == "access.log:7"


def test_only_one_of_the_known_formats_reads_a_line():
    assert [f.name for f in nginx_access.FORMATS if f.opens(UPGRADED)] == ["nginx-combined"]
    guided = f'{UPGRADED} upgrade="websocket" connection="upgrade" auth_header="Bearer [token 9f2c]"'
    assert [f.name for f in nginx_access.FORMATS if f.opens(guided)] == ["nginx-guide"]


def test_the_guide_logs_what_its_map_made_and_not_the_client_s_connection():
    entry = read(GUIDE, f'{UPGRADED} upgrade="-" connection="close" auth_header="Bearer [token 9f2c]"')
    assert entry.headers == {"upgrade": "", "authorization": "Bearer [token 9f2c]"}


def test_the_example_of_this_repository():
    entry = read(
        TIMERS,
        '127.0.0.1 - - [26/Nov/2026:01:09:19 +0000] "GET /api/v1/timers/notifications HTTP/1.1" 502 343 "-" "curl/8" '
        'upgrade="websocket" connection="Upgrade" version="13" key="dGhlIHNhbXBsZSBub25jZQ==" host="timers.example.com" '
        'origin="-" authorization="none" authorization_length="0" ticket="no" scheme="https" port="443" tls="TLSv1.3" '
        'request_id="a1b2" upstream="127.0.0.1:8101" upstream_status="502" connect="-" first_byte="-" time="0.001"',
    )
    assert (entry.scheme, entry.port, entry.host, entry.took) == ("https", 443, "timers.example.com", 0.001)
    assert (entry.upstream, entry.upstream_status) == ("127.0.0.1:8101", None)
    assert entry.identity == {"key": "dGhlIHNhbXBsZSBub25jZQ==", "request-id": "a1b2"}
    assert entry.headers["upgrade"] == "websocket"
    assert entry.headers["origin"] == ""


def test_where_no_upstream_was_asked_it_says_so():
    entry = read(
        INGRESS,
        '10.0.0.9 - - [26/Nov/2026:01:09:19 +0000] "GET /ws HTTP/1.1" 400 157 "-" "-" 512 0.000 [shop-web-80] [] - - - - 5f1c',
    )
    assert (entry.upstream, entry.upstream_status, entry.identity) == ("", None, {"request-id": "5f1c"})


def test_the_last_of_several_upstreams_gave_the_status():
    plain = from_log_format("x", "$status $upstream_addr $upstream_status $request_time")
    entry = read(plain, "101 10.0.0.1:80, 10.0.0.2:80 502, 101 12.500")
    assert (entry.status, entry.upstream, entry.upstream_status, entry.took) == (
        101,
        "10.0.0.1:80, 10.0.0.2:80",
        101,
        12.5,
    )


def test_bytes_that_are_no_request():
    tls = read(
        COMBINED, '127.0.0.1 - - [26/Nov/2026:01:09:19 +0000] "\\x16\\x03\\x01\\x02\\x00" 400 157 "-" "-"'
    )
    assert (tls.says, tls.method, tls.path, tls.words) == (
        Says.TLS_TO_PLAIN,
        "",
        "",
        "\\x16\\x03\\x01\\x02\\x00",
    )
    proxy = read(
        COMBINED,
        '127.0.0.1 - - [26/Nov/2026:01:09:19 +0000] "PROXY TCP4 10.0.0.1 10.0.0.2 5 80" 400 157 "-" "-"',
    )
    assert proxy.says is Says.PROXY_PROTOCOL


def test_a_client_that_went_away_was_not_answered():
    gone = read(COMBINED, '127.0.0.1 - - [26/Nov/2026:01:09:19 +0000] "GET /ws HTTP/1.1" 499 0 "-" "-"')
    assert (gone.status, gone.told) == (499, Told.WRONG)


def test_a_directive_by_its_words():
    kind = from_words(
        ["json", "escape=json", '{"t":"$time_iso8601","s":$status,', '"ua":"$http_user_agent"}']
    )
    entry = read(kind, '{"t":"2026-11-26T01:09:19+00:00","s":101,"ua":"a \\"b\\" \\u0007"}')
    assert (kind.name, entry.time, entry.status, entry.agent) == ("json", 1795655359.0, 101, 'a "b" \\x07')


@given(st.text(max_size=200), st.text("$abc_remote_addr statusrequest\"' []{}-", max_size=80))
def test_no_text_and_no_log_format_raises(text, log_format):
    made = from_log_format("x", log_format)
    for kind in (made, *nginx_access.FORMATS):
        if kind.opens(text):
            kind.read([Line(text, Place("x", 1))])
