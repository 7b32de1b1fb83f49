"""nginx's combined with more behind it, and which of two formats a source's name decides for."""

from hypothesis import given
from hypothesis import strategies as st

from ws101.logs.formats import FORMATS, likeliest, nginx_extended
from ws101.logs.line import Line, Place

HEAD = '10.0.0.9 - - [26/Nov/2026:01:09:19 +0000] "GET /ws HTTP/1.1" 502 157 "-" "ws101/0.5.0 (probe 7f3a9c01-03)"'


def read(tail):
    text = f"{HEAD} {tail}"
    assert nginx_extended.FORMAT.opens(text)
    return nginx_extended.FORMAT.read([Line(text, Place("a", 1))])


def test_the_names_that_nginx_s_documentation_uses():
    entry = read('rt=1.250 ua="10.1.1.1:80, 10.1.1.2:80" us="502, 101" ut="0.001, 1.249" ul="0" cs=-')
    assert (entry.took, entry.upstream, entry.upstream_status) == (1.25, "10.1.1.1:80, 10.1.1.2:80", 101)
    assert entry.identity == {"probe": "7f3a9c01-03"}
    assert entry.text.endswith("cs=-")


def test_what_is_logged_of_a_handshake():
    entry = read(
        'upgrade="-" connection="close" auth_header="Bearer [token 9f2c]" host="a.test" request_id=5f1c "10.0.0.1"'
    )
    assert entry.headers == {"upgrade": "", "authorization": "Bearer [token 9f2c]"}
    assert (entry.host, entry.identity["request-id"], entry.upstream) == ("a.test", "5f1c", None)


def test_nginx_s_own_502_is_nobody_s_answer():
    assert read('upstream_addr="10.1.1.1:80" upstream_status=502').upstream_status is None


def test_combined_alone_and_prose_are_not_it():
    assert not nginx_extended.FORMAT.opens(HEAD)
    assert not nginx_extended.FORMAT.opens(f"Mar 1 {HEAD} x=1")


def test_a_source_s_name_decides_between_formats_that_write_the_same():
    def first(source):
        return next(form.name for form in likeliest(source) if form.opens(HEAD))

    assert first("/var/log/nginx/access.log") == first("access.log") == "nginx-combined"
    assert first("/var/log/apache2/access.log") == first("docker:httpd-1") == "apache-combined"
    assert sorted(f.name for f in likeliest("nginx")) == sorted(f.name for f in FORMATS)


@given(st.text(max_size=100), st.text('ab=":,\\ -1', max_size=60))
def test_no_text_raises(text, tail):
    for whole in (text, f"{HEAD} {text}", f"{HEAD} {tail}"):
        if nginx_extended.FORMAT.opens(whole):
            nginx_extended.FORMAT.read([Line(whole, Place("x", 1))])
