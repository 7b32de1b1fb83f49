"""Reports from logs alone: what was told, which causes are named, how the trail reads, and what is to be done next."""

import pytest
from msgspec.structs import replace

from causes.configuring import LINES, PASS, model, whole
from causes.stories import (
    HOST,
    KEY,
    PATH,
    TIME,
    access,
    asking,
    client,
    edge,
    meant,
    nginx_error,
    server,
    silence,
    story,
)
from ws101.causes import BY_SLUG
from ws101.configured import Running, follow
from ws101.logs.entry import Told
from ws101.logs.line import Place
from ws101.logs.story import Contradiction
from ws101.signature import Says
from ws101.terms import Certainty, Hop, Outcome, StepState
from ws101.tokens.reading import Flaw
from ws101.verdict.logged import evidence_of, judge, judged

SAID = "Handshake exception, expected status code 101 but was 400"
CLIENT = (meant(), client(words=SAID, status=400, line=7))
PLAIN = nginx_error(
    Says.PLAIN_HTTP_TO_TLS,
    "client sent plain HTTP request to HTTPS port while reading client request headers",
)
MUTE = silence(sure=False, setting="a line for every request")
AT_WARN = silence(Hop.PROXY, sure=False, setting="error_log … info;")

AT_INFO = story(
    *CLIENT,
    access(400, 255),
    PLAIN,
    silent=(silence(),),
    contradictions=(
        Contradiction("the client says wss, and nginx saw plain HTTP on its TLS port", CLIENT[0]),
    ),
)
AT_WARN_WITH_SIZE = story(*CLIENT, access(400, 255), silent=(AT_WARN, MUTE))
AT_WARN_WITHOUT_SIZE = story(*CLIENT, access(400), silent=(AT_WARN, MUTE))
OF_THE_ROUTER = story(*CLIENT, access(400, 0), silent=(AT_WARN, MUTE))
WORKS = story(meant(), client(status=101), access(101, 17, took=3.5), server(101, user="42"))


def steps(report):
    return {step.hop: step for step in report.trail}


# ---- the failure that this project comes from


def test_the_story_is_told_from_its_logs():
    report = judged(AT_INFO)
    assert report.verdict is not None
    assert report.verdict.cause == "plaintext-to-tls-port"
    assert report.verdict.certainty is Certainty.LIKELY
    assert len(report.findings) == 1
    told = [(fact.text, fact.source) for fact in report.verdict.facts]
    assert told[0][1] == "error.log:1"
    assert ("the client says wss, and nginx saw plain HTTP on its TLS port", "client.log:1") in told
    assert report.target.url == f"ws://{HOST}:443{PATH}"
    assert (report.outcome, report.status, report.exit_status) == (Outcome.REFUSED, 400, 1)


def test_without_the_decisive_line_the_length_of_the_page_tells():
    report = judged(AT_WARN_WITH_SIZE)
    assert [finding.cause for finding in report.findings] == ["plaintext-to-tls-port"]
    assert report.findings[0].certainty is Certainty.LIKELY
    assert report.target.scheme == "ws"


def test_without_the_length_two_are_left_and_one_command_settles_it():
    report = judged(AT_WARN_WITHOUT_SIZE)
    assert {(f.cause, f.certainty) for f in report.findings} == {
        ("plaintext-to-tls-port", Certainty.POSSIBLE),
        ("proxy-drops-upgrade-headers", Certainty.POSSIBLE),
    }
    assert report.summary.startswith("Two causes fit: ")
    assert report.next_steps[0].startswith(f"ws101 check wss://{HOST}{PATH}  settles it")
    assert "error_log … info;  would show more of it in access.log" in report.next_steps


def test_the_second_400_that_looks_the_same_is_told_apart_by_its_length():
    report = judged(OF_THE_ROUTER)
    assert [finding.cause for finding in report.findings] == ["proxy-drops-upgrade-headers"]
    assert report.findings[0].certainty is Certainty.POSSIBLE


# ---- outcomes and sentences


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (WORKS, Outcome.CONNECTED),
        (AT_INFO, Outcome.REFUSED),
        (story(PLAIN), Outcome.REFUSED),
        (story(meant(), client(Says.NAME_UNKNOWN, "no such host")), Outcome.UNREACHABLE),
        (story(meant(), client(Says.TLS_EXPIRED, "certificate has expired")), Outcome.REFUSED),
        (story(meant()), Outcome.INCOMPLETE),
    ],
)
def test_the_outcome_is_what_the_logs_tell(told, outcome):
    assert judged(told).outcome is outcome


def test_a_handshake_that_works_asks_for_nothing():
    report = judged(WORKS)
    assert (report.summary, report.findings, report.next_steps) == (
        "The logs tell of a handshake that works",
        (),
        (),
    )
    assert report.exit_status == 0


def test_what_is_not_known_is_said_and_how_to_know_it():
    report = judged(story(*CLIENT))
    assert report.summary == "The logs do not tell why this handshake met 400"
    assert report.next_steps[0].startswith(f"ws101 check wss://{HOST}{PATH}")
    assert report.exit_status == 3
    assert report.not_tested


def test_where_a_proxy_answered_by_itself_its_configuration_is_asked_for():
    report = judged(story(client(status=404), access(404, 153, upstream="", host=HOST)))
    assert "--nginx-config nginx.conf" in report.next_steps[0]


def test_a_single_cause_that_merely_fits_is_not_told_as_the_answer():
    report = judged(story(client(status=503), access(503, 197, upstream="")))
    assert report.summary.startswith("It may be that: ")


def test_what_would_be_refused_next_is_no_rival():
    report = judged(story(access(502, flaws=(Flaw.EXPIRED,))))
    assert [(f.cause, f.latent) for f in report.findings] == [
        ("upstream-refused", False),
        ("token-expired", True),
    ]
    assert report.summary == judged(story(access(502))).summary
    assert "Two causes" not in report.summary
    assert "settles which of the two" not in report.next_steps[0]


def test_what_would_be_refused_next_did_not_refuse_this_one():
    told = story(client(status=418, flaws=(Flaw.EXPIRED,)))
    report = judged(told)
    assert [(f.cause, f.latent) for f in report.findings] == [("token-expired", True)]
    assert report.summary.startswith(
        "The logs do not tell why this handshake met 418; it would be refused next"
    )
    assert all(step.state is not StepState.FAILED for step in report.trail)


def test_where_logs_name_the_cause_a_check_can_prove_it():
    told = story(
        meant(), client(status=400, headers={"authorization": "Bearer [token 9f2c]"}), access(400, 255), PLAIN
    )
    explain, check = judged(told).next_steps
    assert explain == "ws101 explain plaintext-to-tls-port"
    assert check.startswith(f"ws101 check wss://{HOST}{PATH} --token-env TOKEN  ")


def test_a_socket_that_was_cut_is_not_sent_for_again():
    assert judged(story(access(101, 300, took=60.0))).next_steps[0].startswith("ws101 check")
    cut = replace(nginx_error(Says.IDLE, "timed out while proxying upgraded connection"), told=Told.ENDED)
    assert judged(story(cut)).next_steps == ("ws101 explain idle-timeout",)


def test_what_could_not_be_read_makes_the_answer_incomplete():
    report = judged(story(), cut_short="error.log: permission denied")
    assert report.incomplete
    assert report.unexamined == ("error.log: permission denied",)


def test_a_socket_that_was_cut_had_been_open():
    cut = replace(nginx_error(Says.IDLE, "timed out while proxying upgraded connection"), told=Told.ENDED)
    report = judged(story(cut))
    assert (report.status, report.outcome) == (101, Outcome.REFUSED)
    assert [finding.cause for finding in report.findings] == ["idle-timeout"]


# ---- the target: what arrived goes before what was meant


def test_what_arrived_says_more_than_what_was_meant():
    told = story(
        meant(),
        client(status=404),
        access(404, host="other.example.org:8443", path="/x", scheme="https", port=8443),
    )
    target = judged(told).target
    assert (target.scheme, target.host, target.path) == ("wss", "other.example.org", "/x")


def test_a_request_of_which_only_a_path_is_known_has_no_url():
    assert judged(story(access(404))).target.url == PATH


def test_evidence_carries_the_fields_that_ways_hang_on():
    evidence = evidence_of(story(server(404, headers=asking(origin="https://a.example"))))
    assert evidence.sending.request.headers.get("origin") == "https://a.example"
    assert evidence.asks_upgrade
    assert evidence.baseline is None


# ---- the account


def test_the_account_holds_each_record_and_marks_the_decisive_one():
    account = judged(AT_INFO).account
    assert account is not None
    assert [line.place for line in account.lines] == [
        "client.log:1",
        "client.log:7",
        "access.log:1",
        "error.log:1",
    ]
    assert account.lines[3].note == Says.PLAIN_HTTP_TO_TLS.value
    assert account.lines[1].note == ""
    assert account.lines[0].time == TIME
    assert account.contradictions == ("the client says wss, and nginx saw plain HTTP on its TLS port",)
    assert (account.silent[0].source, account.silent[0].sure) == ("server.log", True)


def test_a_block_is_told_on_one_line():
    block = "========== WebSocket Connection Attempt ==========\nURI: /ws\nHeaders (1):\n  - Host: a"
    account = judged(story(replace(server(404), text=block))).account
    assert account is not None
    assert account.lines[0].text == "========== WebSocket Connection Attempt ========== … (3 more lines)"


# ---- the trail


def test_the_trail_ends_where_the_handshake_did():
    trail = steps(judged(AT_INFO))
    assert trail[Hop.CLIENT].detail == "met 400"
    assert trail[Hop.TLS].state is StepState.FAILED
    assert trail[Hop.TLS].detail == "plaintext-to-tls-port"
    assert trail[Hop.PROXY].detail == "nginx: 400, by itself"
    assert (trail[Hop.SERVER].state, trail[Hop.SERVER].detail) == (StepState.SKIPPED, "not asked")


def test_a_handshake_that_works_passes_every_hop():
    trail = steps(judged(WORKS))
    states = {trail[hop].state for hop in (Hop.CLIENT, Hop.NETWORK, Hop.PROXY, Hop.SERVER, Hop.AUTH)}
    assert states == {StepState.PASSED}
    assert trail[Hop.AUTH].detail == "accepted: 42"
    assert Hop.CDN not in trail


def test_a_silence_that_is_sure_says_not_reached():
    trail = steps(judged(story(client(status=404), access(404), silent=(silence(),))))
    assert trail[Hop.SERVER].detail == "not reached: no line in server.log"


def test_a_silence_that_is_not_sure_names_the_setting():
    trail = steps(judged(AT_WARN_WITHOUT_SIZE))
    assert trail[Hop.SERVER].state is StepState.UNKNOWN
    assert "what would show it: a line for every request" in trail[Hop.SERVER].detail


@pytest.mark.parametrize(
    ("scheme", "state"), [("https", StepState.PASSED), ("http", StepState.SKIPPED), ("", StepState.UNKNOWN)]
)
def test_tls_is_known_where_a_hop_logs_the_scheme(scheme, state):
    assert steps(judged(story(access(101, scheme=scheme))))[Hop.TLS].state is state


def test_an_edge_stands_in_the_trail_where_it_shows_itself():
    assert Hop.CDN in steps(judged(story(edge(403))))
    assert steps(judged(story(access(404, headers={"cf-ray": "8a"}))))[Hop.CDN].state is StepState.PASSED


def test_hops_without_a_log_are_unknown():
    trail = steps(judged(story(*CLIENT)))
    assert trail[Hop.PROXY].detail == "no log of a proxy"
    assert trail[Hop.SERVER].detail == "no log of the server"


# ---- with a configuration beside the logs


def held_against(told, text: str):
    evidence = evidence_of(told)
    hops = follow([model(text)], evidence.sending, evidence.sending.port, "", Running((1, 31, 0), "said"))
    return judge(told, config=hops)


DROPS = whole(f"location / {{\n{PASS}\n}}\n", name=HOST)
SOUND = whole(f"location / {{\n{LINES}{PASS}\n}}\n", name=HOST)
FROM_SERVER = story(
    meant(), client(status=400), access(400, 21, upstream="127.0.0.1:9000", upstream_status=400, host=HOST)
)


def test_a_line_of_the_configuration_explains_what_the_logs_show():
    first = held_against(FROM_SERVER, DROPS).findings[0]
    assert (first.cause, first.certainty) == ("proxy-drops-upgrade-headers", Certainty.LIKELY)
    assert first.where


def test_a_configuration_does_not_blame_what_the_logs_clear():
    told = story(meant(), client(status=404), access(404, host=HOST), server(404, headers=asking()))
    assert "proxy-drops-upgrade-headers" not in {f.cause for f in held_against(told, DROPS).findings}


def test_a_log_that_the_configuration_would_not_write_shows_that_another_runs():
    told = story(meant(), client(status=404), access(404, 153, upstream="", host=HOST))
    found = {f.cause: f.certainty for f in held_against(told, SOUND).findings}
    assert found.get("config-not-loaded") is Certainty.POSSIBLE


def test_a_log_that_contradicts_the_configuration_is_a_cause():
    line = nginx_error(Says.NO_FILE, "open() failed")
    said = "the configuration says error_log logs/error.log warn;, and error.log has a line at info: another configuration is running"
    told = story(client(status=404), access(404, 153), line, contradictions=(Contradiction(said, line),))
    found = {f.cause: f for f in judged(told).findings}
    assert found["config-not-loaded"].facts[0].text == said


def test_what_may_belong_to_another_handshake_is_said():
    told = replace(
        story(client(status=404), access(404, 153)), apart=("error.log:7 may be of this handshake",)
    )
    report = judged(told)
    assert report.account.doubts == ("error.log:7 may be of this handshake",)
    assert report.unexamined == ()


def test_a_record_is_cited_by_its_place():
    told = story(client(status=404), replace(access(404), place=Place("nginx/access.log", 1204)))
    assert judged(told).findings[0].facts[0].source == "nginx/access.log:1204"


def test_every_named_cause_has_its_page():
    for told in (AT_INFO, AT_WARN_WITHOUT_SIZE, FROM_SERVER):
        for finding in judged(told).findings:
            assert finding.title == BY_SLUG[finding.cause].title


def test_the_key_of_the_request_is_not_needed():
    assert KEY not in str(judged(AT_INFO))


# ---- where it went


def test_plain_http_on_a_tls_port_went_to_the_port_that_its_host_names():
    told = nginx_error(
        Says.PLAIN_HTTP_TO_TLS,
        "client sent plain HTTP request to HTTPS port",
        host=f"{HOST}:9443",
        scheme="http",
    )
    target = judged(story(told)).target
    assert (target.url, target.port) == (f"ws://{HOST}:9443{PATH}", 9443)


def test_plain_http_on_a_tls_port_that_nobody_names_went_to_the_usual_one():
    report = judged(story(PLAIN))
    assert (report.target.url, report.target.port) == (f"ws://{HOST}:443{PATH}", 443)
    assert report.findings[0].remedy.text == f"Use wss:// instead of ws:// for {HOST} port 443."


def test_a_url_names_no_scheme_that_no_record_tells():
    assert judged(story(access(404, host=HOST))).target.url == f"{HOST}{PATH}"
    assert judged(story(access(404, host=f"{HOST}:8080"))).target.url == f"{HOST}:8080{PATH}"
    assert judged(story(access(404, host=HOST, port=443))).target.url == f"wss://{HOST}{PATH}"
    assert judged(story(access(404, host=HOST, scheme="http"))).target.url == f"ws://{HOST}{PATH}"


def test_the_port_of_a_hop_further_in_is_not_the_one_that_was_asked():
    inner = server(400, headers={"host": "app:8080"})
    assert judged(story(access(400, host=HOST, scheme="https"), inner)).target.url == f"wss://{HOST}{PATH}"


def test_the_command_that_settles_it_names_the_port_that_the_host_names():
    told = access(404, host=f"{HOST}:9080")
    assert any(f"ws101 check ws://{HOST}:9080{PATH}" in step for step in judged(story(told)).next_steps)


def test_the_command_that_settles_it_names_the_port_once():
    told = access(404, host=f"{HOST}:9443", scheme="https")
    assert any(f"ws101 check wss://{HOST}:9443{PATH}" in step for step in judged(story(told)).next_steps)


def test_a_path_that_no_record_tells_is_not_named():
    assert judged(story(client(status=400))).target.url == ""
    assert judged(story(client(status=400, host=HOST, scheme="wss"))).target.url == f"wss://{HOST}"


# ---- what to do


def test_lines_for_nginx_are_shown_where_nginx_stands_or_no_proxy_is_known():
    for told in (access(101, 300, took=60.0), server(101, took=60.0)):
        assert "proxy_read_timeout" in judged(story(told)).findings[0].remedy.patch


def test_lines_for_nginx_are_not_shown_for_another_proxy():
    of_haproxy = access(101, 300, took=60.0)
    of_haproxy.software = "haproxy"
    remedy = judged(story(of_haproxy)).findings[0].remedy
    assert remedy.patch == "timeout tunnel 1h"
    assert remedy.text == "Ping more often than this, or raise the time-out."


def test_a_path_that_the_proxy_replaced_comes_before_the_clients_mistake():
    told = story(access(404), replace(server(404), path="/socket"))
    names = [finding.cause for finding in judged(told).findings]
    assert names.index("proxy-rewrites-path") < names.index("wrong-path")


def test_where_a_beginning_of_the_path_is_taken_off_the_client_may_as_well_be_wrong():
    told = story(access(404), replace(server(404), path=PATH.removeprefix("/api")))
    names = [finding.cause for finding in judged(told).findings]
    assert names.index("wrong-path") < names.index("proxy-rewrites-path")
