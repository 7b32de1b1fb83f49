"""nginx's error log, as nginx 1.22.1 and 1.31.3 wrote it of known faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.logs.entry import Level, Told
from ws101.logs.formats import nginx_error
from ws101.logs.line import Line, Place
from ws101.logs.wording import recognise
from ws101.signature import Says

VERSIONS = ["1.22.1", "1.31.3"]

# What was done to each path, and what the error log says of it.
AT = {
    "/u/close": Says.UPSTREAM_CLOSED,
    "/u/rst": Says.UPSTREAM_CLOSED,
    "/u/garbage": Says.UPSTREAM_INVALID,
    "/u/badstatus": Says.UPSTREAM_INVALID,
    "/u/badheader": Says.UPSTREAM_INVALID,
    "/u/big": Says.UPSTREAM_INVALID,
    "/refused": Says.UPSTREAM_REFUSED,
    "/ctimeout": Says.UPSTREAM_TIMEOUT,
    "/name": Says.UPSTREAM_NAME,
    "/unix": Says.UPSTREAM_REFUSED,
    "/tlsverify": Says.UPSTREAM_TLS,
    "/tlsname": Says.UPSTREAM_TLS,
    "/limitreq": Says.RATE,
    "/limitreq429": Says.RATE,
    "/deny": Says.ADDRESS,
    "/basic": Says.BASIC,
    "/sub500": Says.SUBREQUEST,
    "/subdown": Says.SUBREQUEST,
    "/sub101": Says.SUBREQUEST,
    "/static/ws": Says.NO_FILE,
    "/static/": Says.NO_FILE,
    "/loop": Says.ERROR,
}
# Where the path is the same for many, by a part of the words.
IN_WORDS = [
    ("plain HTTP request to HTTPS port", Says.PLAIN_HTTP_TO_TLS),
    ("no required SSL certificate", Says.CLIENT_CERTIFICATE_MISSING),
    ("client SSL certificate verify error", Says.CLIENT_CERTIFICATE_BAD),
    ("alert unknown ca", Says.TLS_UNTRUSTED),
    ("unsupported protocol", Says.TLS_VERSION),
    ("handshake rejected", Says.TLS_SERVER_NAME),
    ("invalid host header", Says.MALFORMED),
    ('without "Host" header', Says.MALFORMED),
    ("invalid version", Says.HTTP_VERSION),
    ('"Bad\\x20..."', Says.MALFORMED),
    ('"X_under: x"', Says.NOTHING),
    ("duplicate host header", Says.MALFORMED),
    ("too long header line", Says.HEADER_TOO_LARGE),
    ("too long URI", Says.HEADER_TOO_LARGE),
    ("no live upstreams", Says.UPSTREAM_DOWN),
    ("limiting connections", Says.CONNECTIONS),
    ('broken header: "GET', Says.PROXY_PROTOCOL),
    ("unknown PROXY protocol version", Says.PROXY_PROTOCOL),
]


@pytest.fixture
def recorded(entries, request):
    return entries(f"nginx-{request.param}.error.log", nginx_error.FORMAT)


@pytest.mark.parametrize("recorded", VERSIONS, indirect=True)
def test_each_fault_says_what_it_is(recorded):
    said = {
        path: {
            e.says for e in recorded if e.path == path and e.told is Told.WRONG and e.says is not Says.NOTHING
        }
        for path in AT
    }
    assert said == {path: {says} for path, says in AT.items()}


@pytest.mark.parametrize("recorded", VERSIONS, indirect=True)
@pytest.mark.parametrize(("words", "says"), IN_WORDS)
def test_each_sentence_says_what_it_means(recorded, words, says):
    found = [entry for entry in recorded if words in entry.words]
    assert found
    assert {entry.says for entry in found} == {says}


@pytest.mark.parametrize("recorded", VERSIONS, indirect=True)
def test_a_proxy_line_and_tls_on_a_plain_port_are_known_by_the_request(recorded):
    found = [e.says for e in recorded if not e.method and "client sent invalid" in e.words]
    assert Says.PROXY_PROTOCOL in found
    assert Says.TLS_TO_PLAIN in found


@pytest.mark.parametrize("recorded", VERSIONS, indirect=True)
def test_how_open_sockets_ended(recorded):
    ended = {entry.path: entry for entry in recorded if entry.told is Told.ENDED}
    assert ended["/u/rstafter"].says is Says.CLOSED
    assert (ended["/ws"].says, ended["/ws"].level) == (Says.IDLE, Level.INFO)


@pytest.mark.parametrize("recorded", VERSIONS, indirect=True)
def test_every_part_of_a_line(recorded):
    entry = next(e for e in recorded if e.path == "/refused")
    assert entry.client == "127.0.0.1"
    assert (entry.method, entry.version, entry.host) == ("GET", "HTTP/1.1", "localhost")
    assert entry.upstream.startswith("127.0.0.1:")
    assert entry.identity["connection"].isdigit()
    assert (entry.level, entry.zoned, entry.status) == (Level.ERROR, False, None)
    plain = next(e for e in recorded if e.says is Says.PLAIN_HTTP_TO_TLS)
    assert plain.scheme == "http"
    refused = next(e for e in recorded if e.says is Says.TLS_UNTRUSTED)
    assert (refused.scheme, refused.path) == ("https", "")
    assert refused.port > 1024


def test_a_request_that_was_written_out_whole_is_one_record(entries):
    whole = next(
        e
        for e in entries("nginx-1.22.1.error.log", nginx_error.FORMAT)
        if e.says is Says.PROXY_PROTOCOL and "Upgrade: websocket" in e.text
    )
    assert whole.place.lines == 10
    assert whole.client == "127.0.0.1"


def read(text):
    assert nginx_error.FORMAT.opens(text)
    return nginx_error.FORMAT.read([Line(text, Place("error.log", 1))])


def test_what_stops_nginx_from_starting_is_told():
    entry = read(
        '2026/11/26 01:09:19 [emerg] 1#1: duplicate "log_format" name "main" in /etc/nginx/nginx.conf:21'
    )
    assert (entry.level, entry.words) == (
        Level.CRIT,
        'duplicate "log_format" name "main" in /etc/nginx/nginx.conf:21',
    )
    name = read(
        '2026/11/26 01:09:19 [emerg] 1#1: host not found in upstream "app" in /etc/nginx/nginx.conf:30'
    )
    assert name.says is Says.UPSTREAM_NAME


def test_what_is_no_handshake_s_is_passed_over():
    assert read("2026/11/26 01:09:19 [notice] 1#1: start worker process 7") is None
    assert read("2026/11/26 01:09:19 [info] 7#7: *4 client 127.0.0.1 closed keepalive connection") is None


def test_no_wording_is_hidden_behind_another():
    for wording in nginx_error.WORDINGS:
        said = recognise(" … ".join(wording.marks), nginx_error.WORDINGS)
        assert said is not None
        assert said.says is wording.says, wording


@given(st.text(max_size=300))
def test_no_message_raises(text):
    for start in (
        "",
        "2026/11/26 01:09:19 [info] 1#1: *2 ",
        "2026/11/26 01:09:19 [info] 1#1: *2 x, client: ",
    ):
        whole = start + text
        nginx_error.FORMAT.continues(whole)
        if nginx_error.FORMAT.opens(whole):
            nginx_error.FORMAT.read([Line(whole, Place("e", 1))])
