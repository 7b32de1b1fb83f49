import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from causes.building import HOST, make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.connecting import (
    TLS_1_3,
    WORKS,
    banner,
    dialled,
    ended,
    make_case,
    met,
    of_kind,
    plain,
    tls_failed,
)
from experiments.baselines import DIRECT, examined
from ws101.attempt import Aftermath, Attempt, Ending, Layer, Timings
from ws101.causes import BY_SLUG, CAUSES
from ws101.handshake.answer import Answer, Breach, Kind
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, build
from ws101.report import Fact, Finding
from ws101.terms import Certainty, Family, Hop, Outcome, StepState
from ws101.verdict import tell
from ws101.verdict.weigh import Weighed, weigh

NOTHING_FOUND = Weighed((), (), ())
AT_1 = Aftermath(1.0, closed_after=0.1)


def finding(slug, certainty=Certainty.PROVEN):
    cause = BY_SLUG[slug]
    return Finding(slug, cause.hop, certainty, cause.title, (Fact("seen", "here"),), cause.remedy)


def told(evidence, *findings, **more):
    return tell.report([evidence], Weighed(findings, (), ()), **more)


def trail(evidence, *findings):
    return {step.hop: step for step in told(evidence, *findings).trail}


def states(evidence, *findings):
    return {hop: step.state for hop, step in trail(evidence, *findings).items()}


def received(raw, sending=None):
    """Return an attempt that met these bytes."""
    reader = AnswerReader(Request("/"))
    reader.feed(raw)
    reader.feed_eof()
    sending = sending or make_sending()
    return replace(make_attempt(answer=reader.answer(), sending=sending), sent=build(sending.request))


# ---- what was met


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (make_attempt(answer=WORKS), "101, open"),
        (make_attempt(answer=WORKS, aftermath=AT_1), "101, then closed"),
        (make_attempt(answer=WORKS, aftermath=replace(AT_1, close_code=4401)), "101, then closed with 4401"),
        (make_attempt(answer=make_answer(101, headers={"Upgrade": "h2c"})), "101 that a strict client drops"),
        (make_attempt(answer=replace(make_answer(404), reason="Not Found")), "404 Not Found"),
        (make_attempt(answer=make_answer(444)), "444"),
        (make_attempt(answer=banner("SSH")), "SSH"),
        (make_attempt(answer=of_kind(Kind.TLS_ALERT)), "a TLS alert"),
        (make_attempt(ending=Ending.RESET), "reset without an answer"),
        (ended(Layer.TCP, Ending.REFUSED), "refused"),
        (ended(Layer.NAME, Ending.UNKNOWN_NAME), "no such name"),
        (ended(Layer.TLS, Ending.SILENT), "TLS: no answer in time"),
        (tls_failed("WRONG_VERSION_NUMBER"), "TLS: wrong version number"),
        (ended(Layer.HTTP, Ending.BUG), "a bug in ws101"),
    ],
)
def test_what_was_met_in_a_few_words(attempt, words):
    assert tell.met(attempt) == words


# ---- outcome and summary


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        (make_attempt(answer=WORKS), Outcome.CONNECTED),
        (make_attempt(answer=WORKS, aftermath=AT_1), Outcome.REFUSED),
        (make_attempt(answer=make_answer(400)), Outcome.REFUSED),
        (make_attempt(), Outcome.REFUSED),
        (tls_failed(code=10), Outcome.REFUSED),
        (ended(Layer.FORWARD_PROXY, Ending.PROXY_REFUSED), Outcome.REFUSED),
        (ended(Layer.TCP, Ending.REFUSED), Outcome.UNREACHABLE),
        (ended(Layer.NAME, Ending.UNKNOWN_NAME), Outcome.UNREACHABLE),
        (ended(Layer.HTTP, Ending.BUG), Outcome.INCOMPLETE),
        (None, Outcome.INCOMPLETE),
    ],
)
def test_outcome(attempt, outcome):
    report = told(make_evidence(attempt))
    assert report.outcome is outcome
    assert report.exit_status == (0 if outcome is Outcome.CONNECTED else 3)


def test_the_summary_is_the_findings_title_or_says_that_nothing_is_known():
    refused = make_evidence(make_attempt(answer=make_answer(400)))
    assert told(refused, finding("origin-rejected")).summary == BY_SLUG["origin-rejected"].title
    assert "not known" in told(refused).summary
    assert told(make_evidence(make_attempt(answer=WORKS))).summary == "This handshake works"
    unanswered = told(make_evidence(make_attempt(answer=WORKS), saw=502))
    assert "502" in unanswered.summary
    assert (unanswered.incomplete, unanswered.exit_status) == (True, 3)


def test_what_cut_the_run_short_is_said_and_counts():
    report = told(make_evidence(make_attempt(answer=WORKS)), cut_short="the time ran out")
    assert report.unexamined[0] == "the time ran out"
    assert (report.incomplete, report.exit_status) == (True, 3)


# ---- the trail


def test_a_handshake_that_works_passed_everywhere():
    found = states(make_evidence(make_attempt(answer=WORKS)))
    assert set(found) == {Hop.CLIENT, Hop.NETWORK, Hop.TLS, Hop.PROXY, Hop.SERVER, Hop.AUTH}
    assert set(found.values()) == {StepState.PASSED, StepState.SKIPPED}
    assert found[Hop.PROXY] is StepState.SKIPPED


def test_a_working_handshake_is_marked_nowhere_whatever_was_found_of_a_client_elsewhere():
    evidence = make_evidence(make_attempt(answer=WORKS), saw=400)
    assert StepState.FAILED not in states(evidence, finding("upgrade-header-missing")).values()


@pytest.mark.parametrize("layer", [Layer.NAME, Layer.TCP, Layer.FORWARD_PROXY])
def test_behind_a_failed_network_nothing_was_reached(layer):
    found = states(make_evidence(ended(layer, Ending.REFUSED)))
    assert found.pop(Hop.CLIENT) is StepState.PASSED
    assert found.pop(Hop.NETWORK) is StepState.FAILED
    assert set(found.values()) == {StepState.UNKNOWN}


def test_behind_a_failed_tls_nothing_was_reached():
    found = trail(make_evidence(tls_failed("WRONG_VERSION_NUMBER")))
    assert found[Hop.NETWORK].state is StepState.PASSED
    assert (found[Hop.TLS].state, found[Hop.TLS].detail) == (StepState.FAILED, "WRONG_VERSION_NUMBER")
    assert {found[hop].detail for hop in (Hop.PROXY, Hop.SERVER, Hop.AUTH)} == {"not reached"}


def test_plain_is_no_tls():
    assert trail(make_case(met(WORKS, plain())))[Hop.TLS].state is StepState.SKIPPED


@pytest.mark.parametrize("slug", ["plaintext-to-tls-port", "wrong-service-on-port"])
def test_a_server_that_answered_for_a_failed_network_or_tls_is_not_called_passed(slug):
    answer = make_answer(400, "Missing Sec-WebSocket-Key header")
    evidence = make_case(met(answer, plain()))
    assert states(evidence)[Hop.SERVER] is StepState.PASSED
    found = states(evidence, finding(slug))
    assert found[finding(slug).hop] is StepState.FAILED
    assert found[Hop.SERVER] is StepState.UNKNOWN


@pytest.mark.parametrize(
    ("certainty", "state"),
    [
        (Certainty.PROVEN, StepState.FAILED),
        (Certainty.LIKELY, StepState.FAILED),
        (Certainty.POSSIBLE, StepState.UNKNOWN),
    ],
)
def test_the_hop_of_the_verdict_is_marked_as_surely_as_it_is_known(certainty, state):
    step = trail(make_evidence(make_attempt(answer=make_answer(401))), finding("token-expired", certainty))[
        Hop.AUTH
    ]
    assert (step.state, step.detail) == (state, "token-expired")


def test_a_proxy_passed_what_the_server_answered():
    evidence = make_evidence(
        make_attempt(answer=make_answer(400, "Missing Sec-WebSocket-Key header", {"Via": "1.1 varnish"}))
    )
    found = trail(evidence)
    assert (found[Hop.PROXY].state, found[Hop.PROXY].detail) == (StepState.PASSED, "varnish")
    assert found[Hop.SERVER].state is StepState.PASSED


def test_a_proxy_that_answered_itself_did_not_pass_and_the_server_is_unknown():
    page = "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<center>nginx</center>\r\n</html>"
    found = states(make_evidence(make_attempt(answer=make_answer(403, page, {"Server": "nginx"}))))
    assert (found[Hop.PROXY], found[Hop.SERVER]) == (StepState.UNKNOWN, StepState.UNKNOWN)


def test_an_edge_is_shown_where_its_marks_or_the_verdict_are():
    assert Hop.CDN not in states(make_evidence(make_attempt(answer=make_answer(400))))
    marked = make_evidence(make_attempt(answer=make_answer(400, headers={"CF-Ray": "8-FRA"})))
    assert trail(marked)[Hop.CDN].detail == "Cloudflare"
    unmarked = make_evidence(make_attempt(answer=make_answer(400)))
    assert states(unmarked, finding("cdn-websockets-off"))[Hop.CDN] is StepState.FAILED
    working = make_evidence(make_attempt(answer=make_answer(101, headers={"CF-Ray": "8-FRA"})))
    assert states(working)[Hop.CDN] is StepState.PASSED


def test_before_the_baseline_everything_is_unknown():
    found = states(make_evidence(None))
    assert set(found.values()) == {StepState.PASSED, StepState.UNKNOWN}
    assert found[Hop.SERVER] is StepState.UNKNOWN


def test_times_are_spent_where_they_were_spent():
    timings = Timings(name=1.0, tcp=10.0, tls=25.0, first_byte=100.0, done=101.0)
    steps = trail(make_evidence(replace(make_attempt(answer=WORKS), tls=TLS_1_3, timings=timings)))
    assert (steps[Hop.NETWORK].ms, steps[Hop.TLS].ms, steps[Hop.SERVER].ms) == (10.0, 15.0, 75.0)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(examined())
def test_whatever_was_met_the_report_is_whole_and_its_trail_true(evidence):
    weighed = weigh([evidence], CAUSES)
    report = tell.report([evidence], weighed)
    hops = [step.hop for step in report.trail]
    assert hops == sorted(set(hops), key=list(Hop).index)
    assert (report.findings, report.ruled_out, report.not_tested) == (
        weighed.findings, weighed.ruled_out, weighed.not_tested)  # fmt: skip
    assert report.summary
    failed = [n for n, step in enumerate(report.trail) if step.state is StepState.FAILED]
    for n in failed:
        if report.trail[n].hop in {Hop.NETWORK, Hop.TLS}:
            assert StepState.PASSED not in {step.state for step in report.trail[n + 1 :]}
    if evidence.works:
        assert failed == []
    assert len(report.experiments) == 1 + len(evidence.attempts)


# ---- the exchange

ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 32\r\n\r\nMissing Sec-WebSocket-Key header"


def notes(lines):
    return {line.text: line.note for line in lines if line.note}


def test_the_exchange_is_what_went_over_the_wire():
    exchange = told(make_evidence(received(ANSWER))).exchange
    assert [line.text for line in exchange.sent][:2] == ["GET /ws HTTP/1.1", f"Host: {HOST}"]
    assert [line.text for line in exchange.received][:2] == [
        "HTTP/1.1 400 Bad Request",
        "Content-Type: text/plain",
    ]
    assert [line.text for line in exchange.received][-2:] == ["", "Missing Sec-WebSocket-Key header"]
    assert notes(exchange.sent) == {}


def test_the_words_that_tell_are_marked():
    exchange = told(make_evidence(received(ANSWER))).exchange
    ((text, note),) = notes(exchange.received).items()
    assert text == "Missing Sec-WebSocket-Key header"
    assert "is missing" in note


def test_a_line_that_breaks_a_rule_is_marked():
    sending = make_sending(make_request(("Sec-WebSocket-Version", "8"), version="HTTP/1.0"))
    found = notes(told(make_evidence(received(ANSWER, sending))).exchange.sent)
    assert "RFC 6455" in found["Sec-WebSocket-Version: 8"]
    assert "lower than 1.1" in found["GET /ws HTTP/1.0"]


def test_a_field_that_is_missing_is_marked_at_the_end():
    sending = make_sending(make_request(without=["Upgrade"]))
    last = told(make_evidence(received(ANSWER, sending))).exchange.sent[-1]
    assert (last.text, last.note) == ("", "Upgrade is missing (RFC 6455, 4.2.1)")


def test_two_breaches_of_one_field_are_both_told():
    breaches = (Breach("it is wrong", "RFC 1", "Server"), Breach("it is odd", "RFC 2", "server"))
    attempt = replace(received(b"HTTP/1.1 101 X\r\nServer: s\r\n\r\n"), breaches=breaches)
    found = notes(told(make_evidence(attempt)).exchange.received)
    assert found == {"Server: s": "it is wrong (RFC 1); it is odd (RFC 2)"}


def test_a_101_that_breaks_a_rule_is_marked():
    attempt = received(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    )
    breaches = make_attempt(answer=attempt.answer).breaches
    last = told(make_evidence(replace(attempt, breaches=breaches))).exchange.received[-1]
    assert "Sec-WebSocket-Accept" in last.note


def test_no_answer_is_said():
    (line,) = told(make_evidence(make_attempt())).exchange.received
    assert (line.text, line.note) == ("", "no byte came back: closed without an answer")


def test_what_is_no_http_is_named():
    (line,) = told(
        make_evidence(make_attempt(answer=Answer(Kind.BANNER, b"SSH-2.0-x\r\n", service="SSH")))
    ).exchange.received
    assert line.text.startswith("SSH-2.0-x")
    assert line.note == "this is SSH"


@pytest.mark.parametrize("attempt", [tls_failed(code=10), ended(Layer.TCP, Ending.REFUSED), None])
def test_without_a_request_there_is_no_exchange(attempt):
    assert told(make_evidence(attempt)).exchange is None


def test_of_a_long_body_the_start_is_shown():
    body = "\n\n".join(f"line {n}" for n in range(99))
    exchange = told(
        make_evidence(make_attempt(answer=replace(make_answer(400, body), raw=b"HTTP/1.1 400 X\r\n\r\n")))
    ).exchange
    assert [line.text for line in exchange.received][2:] == [f"line {n}" for n in range(8)]


# ---- experiments, and the sentences around them


def test_the_experiments_are_told_in_order_with_what_was_overcome_before():
    first = make_evidence(make_attempt(answer=make_answer(400), sending=make_sending(make_request(("Upgrade", "h2c")))),
                          {"right-upgrade": make_answer(401)})  # fmt: skip
    second = replace(
        first,
        overcome=("right-upgrade",),
        attempts={"x": Attempt("x", first.sending, Layer.HTTP, Ending.ANSWERED)},
    )
    trials = tell.report([first, second], NOTHING_FOUND).experiments
    assert [t.name for t in trials] == ["baseline", "repeat", "right-upgrade", "right-upgrade + x"]
    assert [t.family for t in trials][:2] == [Family.BASELINE, Family.REPAIR]
    assert (trials[2].status, trials[2].outcome, trials[2].works) == (401, "401", False)


def test_another_answer_of_the_same_status_is_told_apart():
    refusal = make_attempt(answer=make_answer(400, "no such token"))
    answers = {
        "version-99": make_answer(400, "no such version"),
        "plain-get": make_answer(400, "no such token"),
    }
    seen = {trial.name: trial.outcome for trial in told(make_evidence(refusal, answers)).experiments}
    assert (seen["baseline"], seen["plain-get"], seen["version-99"]) == ("400", "400", "another 400")


def test_what_a_working_handshake_was_examined_for():
    attempt = replace(
        make_attempt(answer=WORKS, aftermath=Aftermath(0.3, pong=True)), tls=TLS_1_3, address="192.0.2.1"
    )
    evidence = make_case(attempt, **dialled(("192.0.2.1", None), ("192.0.2.2", Ending.REFUSED)))
    report = told(evidence)
    said = "\n".join(report.examined)
    assert "1 of 2 addresses answer" in said
    assert "192.0.2.1, 192.0.2.2" in said
    assert "TLSv1.3, all of the certificate checked" in said
    assert "a ping was answered" in said
    assert any("--hold" in line for line in report.unexamined)
    assert any("--saw" in line for line in report.unexamined)


def test_what_was_asked_for_is_not_called_unexamined():
    attempt = make_attempt(answer=WORKS, aftermath=Aftermath(30.0))
    assert told(make_evidence(attempt, saw=400)).unexamined == ()


def test_a_refused_handshake_was_not_examined():
    assert told(make_evidence(make_attempt(answer=make_answer(400)))).examined == ()


def test_answers_that_waver_are_told():
    evidence = make_evidence(make_attempt(answer=make_answer(400)), {"repeat": make_answer(502)})
    assert "400, then 502" in told(evidence).unexamined[0]
    content = make_evidence(make_attempt(answer=make_answer(400, "a")), {"repeat": make_answer(400, "b")})
    assert "400 twice" in told(content).unexamined[0]


def test_the_page_of_the_verdict_is_the_next_step():
    evidence = make_evidence(make_attempt(answer=make_answer(400, headers={"Via": "1.1 varnish"})))
    steps = told(evidence, finding("origin-rejected", Certainty.LIKELY)).next_steps
    assert steps[0] == "ws101 explain origin-rejected"
    assert "--direct" in steps[1]
    assert len(told(evidence, finding("origin-rejected")).next_steps) == 1
    assert (
        len(told(replace(evidence, direct=DIRECT), finding("origin-rejected", Certainty.LIKELY)).next_steps)
        == 1
    )
    assert told(evidence).next_steps == ("ws101 explain --list",)
    assert told(make_evidence(make_attempt(answer=WORKS))).next_steps == ()
