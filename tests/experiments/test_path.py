import pytest
from msgspec.structs import replace

from causes.building import HOST, make_answer, make_request, make_sending
from experiments.baselines import SETTINGS, asking, changed, seen, sent, tried
from ws101.experiments import path
from ws101.handshake.location import Location
from ws101.observed import Target


def at(target):
    return asking(target=target)


@pytest.mark.parametrize(
    ("experiment", "before", "after"),
    [
        (path.SLASH, "/ws", "/ws/"),
        (path.SLASH, "/ws/", "/ws"),
        (path.SLASH, "/ws/?a=b/", "/ws?a=b/"),
        (path.SLASH, "/ws?a=b", "/ws/?a=b"),
        (path.SLASH, "//", "/"),
        (path.SLASH, "/ws//", "/ws/"),
        (path.SINGLE_SLASHES, "//a///b/?u=//x", "/a/b/?u=//x"),
        (path.LOWER_CASE, "/Ws/A?T=A", "/ws/a?T=A"),
        (path.UPPER_CASE, "/ws?a=b", "/WS?a=b"),
        (path.DOUBLE_SLASH, "/ws", "//ws"),
        (path.NONSENSE_PATH, "/ws?token=x", f"{path.NONSENSE}?token=x"),
    ],
)
def test_the_path_is_rewritten_and_the_query_stays(experiment, before, after):
    assert sent(experiment, at(before)).request.target == after


@pytest.mark.parametrize(
    ("experiment", "target"),
    [
        (path.SLASH, "/"),
        (path.SLASH, "/?a=b"),
        (path.SINGLE_SLASHES, "/ws/"),
        (path.LOWER_CASE, "/ws?A=B"),
        (path.UPPER_CASE, "/"),
        (path.DOUBLE_SLASH, "/"),
        (path.NONSENSE_PATH, path.NONSENSE),
    ],
)
def test_what_would_stay_the_same_is_not_tried(experiment, target):
    assert tried(experiment, at(target)) is None


# ---- redirects


def moved(location, sending=None, status=301):
    return make_answer(status, headers={"Location": location}), sending or make_sending(tls=False, port=8080)


def to(location, sending=None, **known):
    answer, sending = moved(location, sending)
    return tried(path.REDIRECT_TARGET, sending, answer, tls_settings=SETTINGS, **known)


def test_another_path_on_the_same_server():
    there = to("/ws/?a=b")
    assert there.request == make_request(target="/ws/?a=b")
    assert changed(make_sending(tls=False, port=8080), there) == {"request"}


def test_to_tls_at_its_own_port():
    there = to(f"https://{HOST}/ws")
    assert (there.tls, there.port, there.host) == (SETTINGS, 443, HOST)
    assert there.request.headers.get("host") == HOST


def test_to_another_port():
    there = to(f"http://{HOST}:9000/")
    assert (there.port, there.request.headers.get("host")) == (9000, f"{HOST}:9000")


def test_from_tls_to_plain():
    assert to(f"http://{HOST}/ws", make_sending()).tls is None


def test_an_address_keeps_its_brackets_in_host():
    sending = replace(make_sending(tls=False, port=8080), host="::1")
    there = to("http://[::1]:9000/", sending)
    assert (there.host, there.port, there.request.headers.get("host")) == ("::1", 9000, "[::1]:9000")


@pytest.mark.parametrize(
    "location", ["https://elsewhere.test/ws", f"https://www.{HOST}/", "mailto:x", "", "http://[::1/"]
)
def test_no_other_host_is_asked(location):
    assert to(location) is None


def test_a_redirect_to_where_it_was_is_not_followed():
    assert to("/ws") is None


@pytest.mark.parametrize("status", [200, 304, 400])
def test_only_a_redirect_redirects(status):
    answer, sending = moved("/ws/", status=status)
    assert tried(path.REDIRECT_TARGET, sending, answer) is None


@pytest.mark.parametrize(
    ("location", "port", "target"),
    [("/ws/", 7777, "/ws/"), ("http://ws.test/ws/", 7777, "/ws/"), ("https://ws.test/ws", 443, "/ws")],
)
def test_with_connect_to_a_redirect_is_read_from_the_url_and_dialled_where_the_client_dials(
    location, port, target
):
    sending = replace(make_sending(make_request(("Host", "ws.test")), tls=False, port=7777), host="127.0.0.1")
    evidence = seen(sending, make_answer(301, headers={"Location": location}), tls_settings=SETTINGS)
    evidence = replace(evidence, target=Target("ws://ws.test/ws", "ws", "ws.test", 80, "/ws"))
    there = path.REDIRECT_TARGET.apply(sending, evidence)
    assert (there.host, there.port, there.request.target) == ("127.0.0.1", port, target)
    assert there.request.headers.get("host") == "ws.test"


def test_redirect_tells_where():
    evidence = seen(make_sending(), make_answer(308, headers={"Location": "../x?y"}))
    assert path.redirect(evidence) == Location(tls=True, host=HOST, port=443, target="/x?y")


def test_a_path_below_stays_on_the_way_of_the_path():
    for before in ("/ws?a=b", "/ws/?a=b"):
        assert sent(path.NONSENSE_BELOW, at(before)).request.target == f"/ws{path.NONSENSE}?a=b"
