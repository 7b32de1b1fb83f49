"""What a connection from here to the server behind adds to a configuration: the cause that it shows, and the one that it clears."""

import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.configuring import LINES, PASS, configured, only, whole
from causes.recorded import recorded
from ws101.attempt import Ending
from ws101.cause import RuledOut, Supported
from ws101.causes import BY_SLUG
from ws101.nginx.blameless import NO_LINE
from ws101.nginx.circumstance import State
from ws101.observed import Asked, Sounding, Soundings
from ws101.terms import Hop

SERVER, SERVICE, RESOLVER = "127.0.0.1:9000", "127.0.0.1:9001", "127.0.0.1:53"
AUTH = "location = /auth {{\n{}proxy_pass http://127.0.0.1:9001;\n}}\n"
REFUSED, DEAF = Sounding(Ending.REFUSED), Sounding(Ending.TIMED_OUT)
BAD_GATEWAY = recorded("nginx-502")


def inspected(slug, inside, answer, *, fields=(), **soundings):
    """Return what a cause says of a configuration, the places being such."""
    attempt = make_attempt(answer=answer, sending=make_sending(make_request(*fields)))
    evidence = configured(make_evidence(attempt), whole(inside))
    places = {"server": SERVER, "service": SERVICE, "resolver": RESOLVER}
    known = {places[name]: one for name, one in soundings.items()}
    evidence = replace(evidence, soundings=Soundings(known))
    return BY_SLUG[slug].inspect(evidence, only(evidence))


def socket(*lines, to=PASS):
    return "\n".join(("location / {", LINES, *lines, to, "}\n"))


def test_a_server_that_is_down_is_no_fault_of_the_file():
    found = inspected("upstream-refused", socket(), BAD_GATEWAY, server=REFUSED)
    assert (found.shown, found.given.state, found.cure) == (True, State.DOWN, ())
    assert found.remedy.text.startswith(f"{NO_LINE}: start what is to listen at {SERVER}")
    assert found.remedy.patch is None


def test_a_server_that_answers_is_not_down():
    assert isinstance(
        inspected("upstream-refused", socket(), BAD_GATEWAY, server=Sounding(speaks="http")), RuledOut
    )
    assert not inspected("upstream-refused", socket(), BAD_GATEWAY).shown  # nobody looked


@pytest.mark.parametrize(
    ("line", "speaks", "patched"),
    [
        ("proxy_pass http://127.0.0.1:9000;", "https", "+proxy_pass https://127.0.0.1:9000;"),
        ("proxy_pass https://127.0.0.1:9000;", "http", "+proxy_pass http://127.0.0.1:9000;"),
        ("proxy_pass https://127.0.0.1:9000;", "other", "+proxy_pass http://127.0.0.1:9000;"),
    ],
)
def test_the_scheme_that_the_server_speaks(line, speaks, patched):
    found = inspected(
        "upstream-scheme-mismatch", socket(to=line), BAD_GATEWAY, server=Sounding(speaks=speaks)
    )
    assert found.shown
    assert patched in found.remedy.patch
    assert "Mind" not in found.remedy.text


@pytest.mark.parametrize(
    ("line", "speaks"),
    [("proxy_pass http://127.0.0.1:9000;", "http"), ("proxy_pass https://127.0.0.1:9000;", "https")],
)
def test_the_scheme_as_it_should_be(line, speaks):
    found = inspected(
        "upstream-scheme-mismatch", socket(to=line), BAD_GATEWAY, server=Sounding(speaks=speaks)
    )
    assert isinstance(found, RuledOut)


def test_an_alert_tells_no_scheme():
    assert inspected("upstream-scheme-mismatch", socket(), BAD_GATEWAY, server=Sounding()) is None


def test_a_port_alone_is_no_state_to_set_up():
    line = "proxy_pass http://10.0.0.9:8443;"
    found = inspected("upstream-scheme-mismatch", socket(to=line), BAD_GATEWAY)
    assert "+proxy_pass https://10.0.0.9:8443;" in found.remedy.patch
    assert found.given is None
    known = inspected("upstream-scheme-mismatch", socket(), BAD_GATEWAY, server=Sounding(speaks="https"))
    assert known.given.state is State.TLS


@pytest.mark.parametrize(("server", "state"), [(DEAF, State.DEAF), (Sounding(), State.SILENT)])
def test_a_server_that_does_not_answer_in_time(server, state):
    found = inspected("upstream-timeout", socket(), recorded("nginx-504"), server=server)
    assert (found.shown, found.given.state, found.given.faster) == (True, state, 120)


@pytest.mark.parametrize(
    ("status", "service", "state", "says"),
    [
        (401, Sounding(speaks="http"), State.ANSWERS, "says 401"),
        (403, Sounding(speaks="http"), State.ANSWERS, "says 403"),
        (500, REFUSED, State.DOWN, "start what is to listen"),
    ],
)
def test_a_service_that_is_asked_decides(status, service, state, says):
    inside = socket("auth_request /auth;") + AUTH.format("")
    found = inspected("proxy-subrequest-refused", inside, make_answer(status), service=service)
    assert (found.given.state, found.given.asked) == (state, True)
    assert found.remedy.text.startswith(NO_LINE)
    assert says in found.remedy.text


def asked(status, said, lines="", **fields):
    """Return what the cause says where the service gives these answers, as it is asked and as it should be."""
    attempt = make_attempt(answer=make_answer(status), sending=make_sending(make_request(*fields.items())))
    evidence = configured(make_evidence(attempt), whole(socket("auth_request /auth;") + AUTH.format(lines)))
    evidence = replace(evidence, soundings=Soundings(asked={SERVICE: said}))
    return BY_SLUG["proxy-subrequest-refused"].inspect(evidence, only(evidence))


@pytest.mark.parametrize(
    ("status", "said", "supposed"),
    [(401, None, True), (401, 401, False), (403, 403, False), (500, 404, False), (500, None, True)],
)
def test_what_a_service_says_is_seen_where_it_was_asked(status, said, supposed):
    found = asked(status, Asked(said))
    assert found.given.supposed is supposed
    assert found.given.status == (said or status)


def test_a_service_that_serves_nothing_there_may_be_asked_for_a_wrong_path():
    found = asked(500, Asked(404))
    assert found.remedy.applies is Hop.PROXY
    assert f"{SERVICE} is asked for `/auth` and says 404" in found.remedy.text
    failing = asked(500, Asked(503))
    assert failing.remedy.text.startswith(f"{NO_LINE}: {SERVICE} is asked first and does not say yes or no")


def test_a_service_that_says_otherwise_clears_the_line():
    assert isinstance(asked(401, Asked(204)), RuledOut)
    assert isinstance(asked(401, Asked(404)), RuledOut)


@pytest.mark.parametrize(("mended", "supposed"), [(204, False), (401, True), (None, True)])
def test_a_subrequest_is_seen_to_be_wrong_where_the_right_one_is_let_in(mended, supposed):
    lines = 'proxy_set_header Authorization "";\n'
    found = asked(401, Asked(401, mended), lines, Authorization="Bearer opaque-1f0c9d")
    assert found.cure
    assert found.given.supposed is supposed


@pytest.mark.parametrize(
    ("lines", "patched"),
    [
        ("proxy_set_header Upgrade $http_upgrade;\n", ['+proxy_set_header Upgrade "";', '+proxy_set_header Connection "";']),
        ('proxy_set_header Authorization "";\n', ["+proxy_set_header Authorization $http_authorization;"]),
    ],
)  # fmt: skip
def test_a_subrequest_that_does_not_say_what_it_should(lines, patched):
    inside = socket("auth_request /auth;") + AUTH.format(lines)
    fields = (("Authorization", "Bearer opaque-1f0c9d"),)
    evidence = configured(
        make_evidence(make_attempt(answer=make_answer(401), sending=make_sending(make_request(*fields)))),
        whole(inside),
    )
    repair = only(evidence).repaired("proxy-subrequest-refused")
    found = BY_SLUG["proxy-subrequest-refused"].inspect(evidence, only(evidence))
    assert isinstance(found, Supported)
    assert found.cure == repair.edits
    from ws101.judging import remedied

    assert all(line in remedied(repair).patch for line in patched)


def test_a_resolver_that_does_not_run():
    inside = "resolver 127.0.0.1;\nset $name app.internal;\n" + socket(to="proxy_pass http://$name;")
    found = inspected("upstream-name-unresolved", inside, BAD_GATEWAY, resolver=REFUSED)
    assert (found.shown, found.given.state) == (True, State.UNNAMED)
    assert inspected("upstream-name-unresolved", inside, BAD_GATEWAY, resolver=Sounding()) is None


def test_nobody_knocks_where_nginx_runs_elsewhere():
    evidence = configured(make_evidence(make_attempt(answer=BAD_GATEWAY)), whole(socket()))
    assert only(evidence).neighbours == (SERVER,)
    away = replace(only(evidence).route, ask=replace(only(evidence).route.ask, client=None))
    assert replace(only(evidence), route=away).neighbours == ()
    outside = configured(
        make_evidence(make_attempt(answer=BAD_GATEWAY)), whole(socket(to="proxy_pass http://10.0.0.9:80;"))
    )
    assert only(outside).neighbours == ()


def test_a_field_that_is_hidden_and_a_head_that_is_too_long():
    hidden = inspected("upgrade-lost-on-the-way-back", socket("proxy_hide_header Upgrade;"), make_answer(101))
    assert hidden.lines[0].directive.text == "proxy_hide_header Upgrade;"
    assert inspected("upgrade-lost-on-the-way-back", socket(), make_answer(101)) is None
