"""Apache's logs, as Apache 2.4.71 wrote them of known faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.formats.reading import entries_of
from ws101.logs.entry import Level
from ws101.logs.formats import apache_access, apache_error, nginx_access
from ws101.logs.line import Line, Place
from ws101.logs.wording import recognise
from ws101.signature import Says

COMBINED, VHOST, COMMON = apache_access.FORMATS
AT = {
    "/u/close": {Says.UPSTREAM_DOWN},
    "/u/hang": {Says.UPSTREAM_DOWN},
    "/u/badheader": {Says.UPSTREAM_INVALID},
    "/name": {Says.UPSTREAM_NAME},
    "/tlsup": {Says.UPSTREAM_TLS},
    "/tlsverify": {Says.UPSTREAM_TLS},
    "/basic": {Says.BASIC},
}
IN_WORDS = [
    ("(104)Connection reset by peer", Says.UPSTREAM_CLOSED),
    ("(111)Connection refused: AH00957", Says.UPSTREAM_REFUSED),
    ("expired: AH00957", Says.UPSTREAM_TIMEOUT),
    ("(70007)The timeout specified has expired: [client", Says.UPSTREAM_TIMEOUT),
    ("AH01630", Says.FORBIDDEN),
    ("AH00128", Says.NO_FILE),
    ("AH00561", Says.HEADER_TOO_LARGE),
    ("AH00565", Says.HEADER_TOO_LARGE),
    ("AH01382", Says.SILENT),
    ("AH01996", Says.PLAIN_HTTP_TO_TLS),
    ("SSL routines::http request", Says.PLAIN_HTTP_TO_TLS),
    ("alert unknown ca", Says.TLS_UNTRUSTED),
    ("unsupported protocol", Says.TLS_VERSION),
    ("peer did not return a certificate", Says.CLIENT_CERTIFICATE_MISSING),
    ("AH02040", Says.CLIENT_CERTIFICATE_BAD),
]


@pytest.fixture(scope="module")
def errors():
    return entries_of("apache-2.4.71.error.log", apache_error.FORMAT)


def test_three_layouts_tell_the_same():
    logs = [
        entries_of(f"apache-2.4.71.{name}.log", kind)
        for name, kind in (("access", COMBINED), ("vhost", VHOST), ("common", COMMON))
    ]
    told = [[(e.time, e.client, e.method, e.path, e.version, e.status, e.says) for e in log] for log in logs]
    assert told[0] == told[1] == told[2]
    assert len(told[0]) == 46
    assert {e.software for log in logs for e in log} == {"apache"}
    assert (logs[1][0].host, logs[1][0].port) == ("localhost", 80)
    assert logs[0][0].identity == {"probe": "7f3a9c01-03"}


def test_bytes_of_tls_and_a_proxy_line_on_a_plain_port():
    said = [e.says for e in entries_of("apache-2.4.71.access.log", COMBINED)]
    assert said.count(Says.TLS_TO_PLAIN) == said.count(Says.PROXY_PROTOCOL) == 1


def test_what_nginx_does_not_write_is_apache_s():
    line = r'10.0.0.9 - - [26/Nov/2026:01:09:19 +0000] "GET /ws HTTP/1.1" 400 - "-" "a \"b\" c"'
    assert not any(kind.opens(line) for kind in nginx_access.FORMATS)
    assert COMBINED.opens(line)
    entry = COMBINED.read([Line(line, Place("a", 1))])
    assert (entry.agent, entry.size) == ('a "b" c', None)


def test_each_fault_says_what_it_is(errors):
    assert {path: {e.says for e in errors if e.path == path} for path in AT} == AT


@pytest.mark.parametrize(("words", "says"), IN_WORDS)
def test_each_sentence_says_what_it_means(errors, words, says):
    found = {entry.says for entry in errors if words in entry.words}
    assert found == {says}


def test_every_part_of_a_line(errors):
    entry = next(e for e in errors if e.path == "/u/close")
    identity = {"client-port": "41396", "thread": "12998:tid 13003 1795657664.09"}
    assert (entry.client, entry.identity, entry.level) == ("127.0.0.1", identity, Level.ERROR)
    assert (entry.time, entry.zoned) == (pytest.approx(1795657664.085455), False)
    assert next(e for e in errors if "AH01102" in e.words).upstream == "127.0.0.1:39415"


def test_the_layout_of_apache_2_2():
    text = "[Thu Nov 26 01:09:19 2026] [error] [client 10.0.0.9] File does not exist: /var/www/ws"
    assert apache_error.FORMAT.opens(text)
    entry = apache_error.FORMAT.read([Line(text, Place("e", 1))])
    assert (entry.client, entry.says, entry.time) == ("10.0.0.9", Says.NO_FILE, 1795655359.0)


def test_no_wording_is_hidden_behind_another():
    for wording in apache_error.WORDINGS:
        said = recognise(" … ".join(wording.marks), apache_error.WORDINGS)
        assert said is not None
        assert said.says is wording.says, wording


@given(st.text(max_size=200))
def test_no_text_raises(text):
    for start in (
        "",
        "[Thu Nov 26 01:09:19 2026] [error] [client ",
        "[Thu Nov 26 01:09:19.1 2026] [ssl:info] [pid 1:tid 2] ",
    ):
        for kind in (apache_error.FORMAT, *apache_access.FORMATS):
            if kind.opens(start + text):
                kind.read([Line(start + text, Place("x", 1))])
