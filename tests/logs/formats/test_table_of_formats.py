"""The table as a whole: every line of a proxy is its own software's, and no line does harm, however long and odd."""

import pytest

from logs.formats.reading import RECORDED, unwrapped
from ws101.logs.detect import Detector
from ws101.logs.formats import FORMATS, likeliest, proxies
from ws101.logs.line import Line, Place
from ws101.logs.wrappers import WRAPPERS

PROXIES = ("apache", "caddy", "envoy", "haproxy", "nginx", "traefik")
LAYOUT_OF_THE_USER = ".upstream.log"  # is read with its log_format alone
LENGTH = 65_536  # the longest line that a reader hands on
ODD = [
    '"',
    " ",
    '\\"',
    ' "a" ',
    "[",
    "{",
    ", client: ",
    "a=",
    "[token ",
    "\x1b[",
    "::",
    "0/",
    "| ",
    "\\x16",
    "é",
]


def _logs():
    names = sorted(path.name for path in RECORDED.glob("*.log"))
    return [name for name in names if name.startswith(PROXIES) and not name.endswith(LAYOUT_OF_THE_USER)]


@pytest.mark.parametrize("name", _logs())
def test_a_line_is_of_the_software_that_wrote_it(name):
    software = name.partition("-")[0]
    formats = likeliest(name)
    found = {
        form.software
        for line in unwrapped(name)
        if (form := next((one for one in formats if one.opens(line.text)), None)) is not None
    }
    assert found == {software}


def test_names_are_told_apart():
    names = [form.name for form in FORMATS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("odd", ODD)
def test_a_line_of_64_kibibytes_of_anything(odd):
    heads = ("", '10.0.0.9 - - [26/Nov/2026:01:09:19 +0000] "GET /', "2026/11/26 01:09:19 [info] 1#1: *1 ")
    for head in heads:
        line = Line((head + odd * LENGTH)[:LENGTH], Place("x", 1))
        for form in FORMATS:
            if form.opens(line.text):
                form.read([line])
        for wrapper in WRAPPERS:
            wrapper.peel(line)


@pytest.mark.parametrize("status", [101, 200, 400, 401, 404, 426, 499, 502])
def test_a_line_that_servers_write_too_is_nginx_s_whatever_its_status(status):
    text = f'10.0.0.9 - - [26/Nov/2026:01:09:19 +0000] "GET /api HTTP/1.1" {status} 157 "-" "-"'
    for source in ("access.log", "nginx/access.log"):
        assert Detector(likeliest(source)).form_of(text).name == "nginx-combined"
    assert Detector(likeliest("docker:gunicorn")).form_of(text).software == "gunicorn"


def test_a_line_that_two_proxies_write_is_of_the_one_that_alone_wrote_errors_beside_it():
    text = '10.0.0.9 - - [26/Nov/2026:01:09:19 +0000] "GET /api HTTP/1.1" 400 157 "-" "-"'
    apache = (
        "[Thu Nov 26 01:09:19.123456 2026] [proxy:error] [pid 7:tid 9] (111)Connection refused: AH00957: x"
    )
    nginx = "2026/11/26 01:09:19 [error] 7#7: *1 connect() failed (111: Connection refused)"
    both = f"{apache}\n{nginx}"
    assert (proxies(apache), proxies(nginx), proxies(both)) == ({"apache"}, {"nginx"}, {"apache", "nginx"})
    for errors, name in ((apache, "apache-combined"), (nginx, "nginx-combined"), (both, "nginx-combined")):
        assert Detector(likeliest("access.log", beside=proxies(errors))).form_of(text).name == name
    assert Detector(likeliest("nginx/access.log", beside={"apache"})).form_of(text).name == "nginx-combined"
