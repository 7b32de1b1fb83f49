import pytest

from causes.building import make_answer
from causes.recorded import behind_nginx, recorded, seen, unfronted
from ws101.sighting import front, proxy

GO = recorded("Go 1.19 net/http: a malformed Host")
NODE = make_answer(400, headers={"Connection": "close"})
OF_UVICORN = make_answer(403, headers={"Server": "uvicorn"})
OF_EXPRESS = make_answer(404, headers={"X-Powered-By": "Express"})
HAPROXY = recorded("HAProxy 2.6.12: a line that is no request")


def test_a_proxy_is_named_before_the_server_that_refuses_as_well():
    assert front([GO, HAPROXY]).software == "haproxy"
    assert front([GO]).software == "go net/http"
    assert front([make_answer(404)]) is None


def test_a_proxy_that_passes_a_malformed_host_shows_itself_by_a_malformed_field():
    evidence = seen(OF_UVICORN, {"malformed-host": OF_UVICORN, "malformed-field": HAPROXY})
    assert evidence.proxy == "haproxy"
    assert not evidence.unfronted


@pytest.mark.parametrize(
    ("refusal", "behind", "name"),
    [
        (GO, OF_UVICORN, "a proxy in Go"),
        (GO, OF_EXPRESS, "a proxy in Go"),
        (NODE, OF_UVICORN, "a proxy on Node.js"),
        (NODE, OF_EXPRESS, ""),
        (GO, make_answer(404), ""),
        (make_answer(400, headers={"Connection": "close", "Server": "x"}), OF_UVICORN, ""),
    ],
)
def test_a_proxy_that_signs_nothing_speaks_otherwise_than_the_server_behind_it(refusal, behind, name):
    assert proxy(None, [refusal], [behind]) == name


def test_what_signs_is_named():
    assert behind_nginx(make_answer(404)).proxy == "nginx"
    assert seen(make_answer(404, headers={"Via": "1.1 Caddy"})).proxy == "caddy"


def test_what_stands_between_a_refusal_and_a_server_that_takes_the_handshake_is_a_proxy():
    assert seen(make_answer(404), {"direct": make_answer(101)}).proxy == "a proxy"
    assert seen(make_answer(404), {"direct": make_answer(404)}).proxy == ""


def test_a_server_that_refuses_a_malformed_field_itself_has_no_proxy_in_front():
    assert unfronted(make_answer(404)).unfronted
    assert not seen(make_answer(404)).unfronted
