import pytest

from logs.telling import NOW, entry, start, stories_of
from ws101.logs.entry import Level, Told
from ws101.logs.join import Joiner
from ws101.logs.statement import Kind, Statement, stated
from ws101.logs.witness import Witness
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import understand
from ws101.signature import Says
from ws101.terms import Hop

WS = "/ws"


@pytest.fixture(autouse=True)
def _lines_begin_at_one():
    start()


def refused(**more):
    more = {"time": NOW, "method": "GET", "path": WS, "status": 400} | more
    return entry(Hop.PROXY, Told.ANSWERED, "access.log", "nginx-combined", software="nginx", **more)


def witness(source="server.log", form="guide-server", hop=Hop.SERVER, *, software="the server", **more):
    more = {"first": NOW - 100, "last": NOW + 100} | more
    return Witness(source, form, software, hop, **more)


def errors(**more):
    return witness("error.log", "nginx-error", Hop.PROXY, software="nginx", **more)


def silence(entries, one, **how):
    (story,) = stories_of(entries, [one], **how)
    (found,) = story.silences
    return found


# ---- when a line that is missing is evidence


def test_a_server_that_logs_every_request_did_not_see_it():
    found = silence([refused()], witness(every=True, competent=True))
    assert found.sure
    assert found.setting == ""


@pytest.mark.parametrize(("lines", "sure"), [(1, False), (20, True)])
def test_a_server_that_has_a_line_of_few_requests_may_not_have_one_of_each(lines, sure):
    proxy = witness(
        "access.log", "nginx-combined", Hop.PROXY, software="nginx", every=True, competent=True, lines=1000
    )
    server = witness(every=True, competent=True, lines=lines)
    (story,) = stories_of([refused()], [proxy, server])
    (found,) = story.silences
    assert found.sure is sure
    assert ("one request's line for some 1,000 of access.log" in found.why) is not sure


def test_a_server_that_lacks_a_line_of_a_handshake_that_came_does_not_log_every_request():
    logs = [
        witness("server.log", "guide-access", every=True, competent=True),
        witness("server.log", "guide-server", competent=True),
    ]
    came = [
        refused(time=NOW + 50, status=401),
        entry(Hop.SERVER, Told.SEEN, "server.log", "guide-server", time=NOW + 50.1, path=WS),
    ]
    joiner = Joiner(lambda: logs)
    (early,) = [*joiner.feed([refused(status=401)]), *joiner.finish()]
    (_,) = [*joiner.feed(came), *joiner.finish()]
    (late,) = [*joiner.feed([refused(time=NOW + 60, status=401)]), *joiner.finish()]
    assert [silence.sure for silence in early.silences] == [True]
    assert [silence.sure for silence in joiner.revised(early).silences] == [False]
    assert [silence.sure for silence in late.silences] == [False]
    assert joiner.revised(late) is late


def test_a_server_that_logs_handshakes_alone_may_have_seen_one_that_lost_its_upgrade():
    found = silence([refused()], witness(competent=True, paths=frozenset({WS})))
    assert not found.sure
    assert "lost their upgrade" in found.why
    assert "every request" in found.setting


def test_a_proxy_in_front_of_a_server_that_wrote_of_it_is_not_sure_to_have_been_passed_by():
    inner = entry(
        Hop.SERVER, Told.ANSWERED, "server.log", "uvicorn", time=NOW, path=WS, method="GET", status=400
    )
    front = witness("access.log", "nginx-combined", Hop.PROXY, software="nginx", every=True, competent=True)
    found = silence([inner], front)
    assert not found.sure
    assert "server.log has one, further in" in found.why
    assert found.setting == ""


def test_a_log_in_which_nothing_was_answered_tells_nothing():
    assert not silence([refused()], witness()).sure


def test_of_several_formats_of_one_log_the_one_that_tells_most_is_told():
    formats = [
        witness(form="words"),
        witness(form="access", every=True, competent=True),
        witness(form="python-errors", level=Level.INFO),
    ]
    (story,) = stories_of([refused()], formats)
    assert [(s.witness.format, s.sure) for s in story.silences] == [("access", True)]
    (story,) = stories_of([refused()], [formats[2]])
    assert [s.sure for s in story.silences] == [False]


def test_a_log_that_does_not_cover_the_moment_tells_nothing():
    for window, words in (((NOW - 100, NOW - 50), "before"), ((NOW + 50, NOW + 100), "after")):
        found = silence([refused()], witness(every=True, competent=True, first=window[0], last=window[1]))
        assert not found.sure
        assert words in found.why


def test_a_log_that_has_a_line_that_may_belong_here_is_not_silent():
    two = [refused(), refused(status=403)]
    doubtful = entry(Hop.SERVER, Told.SEEN, "server.log", "guide-server", time=NOW + 0.2, path=WS)
    stories = stories_of([*two, doubtful], [witness(every=True, competent=True)])
    assert all(not story.silences for story in stories)


def test_an_open_socket_has_no_silences():
    (story,) = stories_of([refused(status=101)], [witness(every=True, competent=True)])
    assert story.silences == ()


@pytest.mark.parametrize(
    ("level", "sure"), [(Level.DEBUG, True), (Level.INFO, True), (Level.WARN, False), (None, False)]
)
def test_an_error_log_tells_by_its_silence_from_info_on(level, sure):
    found = silence([refused()], errors(level=level))
    assert found.sure is sure
    assert found.setting == ("" if sure else "error_log … info;")


# ---- what the configuration says

CONFIGURATION = """
error_log /var/log/nginx/error.log warn;
events {}
http {
    log_format main '$remote_addr "$request" $status';
    access_log /var/log/nginx/access.log main;
    server {
        listen 80;
        location /quiet { access_log off; error_log /var/log/nginx/quiet.log debug; }
    }
}
"""


def statements(at=None):
    model = understand(assemble("nginx.conf", lambda name: (Source(name, CONFIGURATION),)))
    (server,) = model.servers
    return stated(server if at is None else server.locations.prefixes[at], model)


def test_a_configuration_states_its_logs():
    access, error = statements()
    assert (access.kind, access.file, access.format, access.on) == (
        Kind.ACCESS,
        "/var/log/nginx/access.log",
        "main",
        True,
    )
    assert access.opens('10.0.0.1 "GET / HTTP/1.1" 200')
    assert (error.kind, error.level) == (Kind.ERROR, Level.WARN)
    assert error.text == "error_log /var/log/nginx/error.log warn; (nginx.conf:2)"
    off, debug = statements("/quiet")
    assert (off.on, debug.level, debug.file) == (False, Level.DEBUG, "/var/log/nginx/quiet.log")


def test_a_stated_level_counts_as_one_that_was_seen():
    configured = [Statement(Kind.ERROR, "/var/log/nginx/error.log", level=Level.INFO, place="nginx.conf:2")]
    found = silence([refused()], errors(), configured=configured)
    assert found.sure
    assert "nginx.conf:2" in found.why


def test_what_is_stated_of_another_file_says_nothing():
    configured = [Statement(Kind.ERROR, "/srv/other.log", level=Level.INFO)]
    assert not silence([refused()], errors(), configured=configured).sure


def test_a_log_that_is_turned_off_tells_nothing_and_it_is_said_why():
    seen = entry(Hop.SERVER, Told.SEEN, "server.log", "guide-server", time=NOW, path=WS)
    access = witness("access.log", "nginx-combined", Hop.PROXY, software="nginx", competent=True, every=True)
    found = silence(
        [seen], access, configured=[Statement(Kind.ACCESS, "off", on=False, place="nginx.conf:9")]
    )
    assert not found.sure
    assert "nginx.conf:9" in found.why
    assert "access_log" in found.setting


# ---- contradictions


def contradictions(entries, witnesses=(), **how):
    (story,) = stories_of(entries, witnesses, **how)
    return [one.text for one in story.contradictions]


def meant(**more):
    more = {"scheme": "wss", "host": "a.test", "port": 443, "path": WS, "identity": {"key": "k"}} | more
    return entry(Hop.CLIENT, Told.MEANT, "client.log", "guide-client", **more)


def test_a_client_that_says_wss_while_plain_http_came():
    plain = entry(
        Hop.PROXY,
        Told.WRONG,
        "error.log",
        "nginx-error",
        says=Says.PLAIN_HTTP_TO_TLS,
        identity={"key": "k"},
        software="nginx",
    )
    assert contradictions([meant(), plain]) == [
        "the client says wss, and nginx saw plain HTTP on its TLS port"
    ]
    assert contradictions([meant(scheme="ws"), plain]) == []


def test_a_client_that_says_another_path_and_host_than_arrived():
    arrived = refused(path="/other", identity={"key": "k"}, headers={"host": "b.test:8443"})
    assert contradictions([meant(), arrived]) == [
        "the client says that it asks for /ws, and /other arrived at nginx",
        "the client says that it asks a.test:443, and Host: b.test:8443 arrived at nginx",
    ]
    assert contradictions([meant(), refused(identity={"key": "k"}, headers={"host": "a.test"})]) == []


def test_a_client_that_says_that_it_sends_a_token_and_none_came():
    says = meant(headers={"authorization": "Bearer [token 9f2c]"})
    arrived = refused(identity={"key": "k"}, headers={"authorization": "-"})
    assert contradictions([says, arrived]) == [
        "the client says that it sends a token, and none arrived at nginx"
    ]
    kept = refused(identity={"key": "k"}, headers={"authorization": "Bearer [token 9f2c]"})
    assert contradictions([says, kept]) == []


def test_statuses_that_differ():
    met = entry(Hop.CLIENT, Told.ANSWERED, "client.log", "guide-client", status=400, identity={"key": "k"})
    passed = refused(status=502, upstream="10.0.0.2:80", upstream_status=502, identity={"key": "k"})
    served = entry(Hop.SERVER, Told.ANSWERED, "server.log", "guide-server", status=401, identity={"key": "k"})
    assert contradictions([met, passed, served]) == [
        "the client met 400, and nginx logged 502",
        "nginx logged 502 for the server, and the server logged 401",
    ]


def test_a_configuration_that_is_not_the_one_that_runs():
    line = entry(
        Hop.PROXY,
        Told.WRONG,
        "error.log",
        "nginx-error",
        level=Level.INFO,
        time=NOW,
        software="nginx",
        path=WS,
    )
    stated_at_warn = [
        Statement(Kind.ERROR, "/var/log/nginx/error.log", level=Level.WARN, place="nginx.conf:2")
    ]
    (text,) = contradictions([line], [errors(level=Level.INFO)], configured=stated_at_warn)
    assert "nginx.conf:2" in text
    assert "at info" in text
    at_info = [Statement(Kind.ERROR, "/var/log/nginx/error.log", level=Level.INFO)]
    for fitting in (at_info, [*stated_at_warn, *at_info]):
        assert contradictions([line], [errors(level=Level.INFO)], configured=fitting) == []


def test_a_log_format_that_is_not_the_one_that_runs():
    access = witness("access.log", "nginx-combined", Hop.PROXY, software="nginx", competent=True)
    (text,) = contradictions([refused()], [access], configured=statements()[:1])
    assert "another one was running then" in text
