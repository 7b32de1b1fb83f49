import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.connecting import PROXY, WORKS, dialled, ended, make_case, met, plain, tls_failed
from experiments.baselines import DIRECT, SETTINGS, TOKEN, attempts, changed, evidences, examined
from ws101 import experiments
from ws101.attempt import Aftermath, Ending, Layer
from ws101.evidence import Evidence
from ws101.handshake.answer import NOTHING
from ws101.terms import Family
from ws101.verdict import plan

BEARER = ("Authorization", f"Bearer {TOKEN}")
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def names(evidence):
    return [experiment.name for experiment, _ in plan.choose(evidence)]


def refused(status, *fields, sending=None, **known):
    """Return evidence of a refusal, before any experiment."""
    attempt = make_attempt(answer=make_answer(status), sending=sending or make_sending(make_request(*fields)))
    return replace(make_evidence(attempt, **known), attempts={})


def stopped(layer, ending=Ending.REFUSED, sending=None, **known):
    return replace(make_case(ended(layer, ending, sending=sending), **known), attempts={})


# ---- choose


@MANY
@given(evidences())
def test_what_is_chosen_applies_has_one_name_and_is_new(evidence):
    chosen = plan.choose(evidence)
    known = names(evidence)
    assert len(known) == len(set(known))
    assert not set(known) & set(evidence.attempts)
    for experiment, sending in chosen:
        assert sending == experiment.apply(evidence.baseline.sending, evidence)
        assert sending.request.method == "GET"
        assert sending.host == evidence.baseline.sending.host or experiment.name.startswith("direct")


@MANY
@given(evidences())
def test_only_damages_are_done_to_what_works_and_only_when_a_status_was_seen(evidence):
    if evidence.works:
        families = {
            e.family for e, _ in plan.choose(evidence) if not e.name.startswith(("repeat", "address-"))
        }
        assert families <= ({Family.DAMAGE} if evidence.saw else set())


def test_nothing_is_known_before_the_baseline():
    evidence = make_evidence(None)
    assert plan.choose(evidence) == ()
    assert plan.next_stage(evidence) is None
    assert plan.again(evidence) == ()


def test_a_working_handshake_is_left_alone():
    assert names(replace(make_evidence(make_attempt(answer=WORKS)), attempts={})) == []


def test_a_working_handshake_with_several_addresses_is_asked_of_each():
    two = dialled(("192.0.2.1", None), ("192.0.2.2", None))
    evidence = replace(make_case(replace(met(WORKS), address="192.0.2.1"), **two), attempts={})
    assert names(evidence) == ["repeat", "address-192.0.2.2"]


def test_what_may_make_a_server_close_is_sent_last_unless_the_damage_is_asked_for():
    assert plan.provokes(refused(400), "without-token")
    assert not plan.provokes(refused(502), "without-token")
    works = replace(make_evidence(make_attempt(answer=WORKS), saw=401), attempts={})
    assert not plan.provokes(works, "without-token")


SOCKET_IO = make_sending(make_request(target="/socket.io/?EIO=3&transport=websocket"))
STRAYING = {"nonsense-path", "slash-toggled", "double-slash", "upper-case-path", "lower-case-path"}


def test_a_server_of_engineio_is_asked_for_no_path_that_it_leaves_without_an_answer():
    assert not STRAYING & {*names(refused(400, sending=SOCKET_IO))}
    assert {"nonsense-path", "slash-toggled"} <= {*names(refused(400))}
    works = replace(make_evidence(make_attempt(answer=WORKS, sending=SOCKET_IO), saw=400), attempts={})
    assert not STRAYING & {*names(works)}


def test_where_the_slash_is_missing_it_is_tried_though_engineio_is_meant():
    bare = make_sending(make_request(target="/socket.io?EIO=4&transport=websocket"))
    assert STRAYING & {*names(refused(404, sending=bare))} == {"slash-toggled"}


def test_a_client_that_met_502_may_have_asked_such_a_path():
    works = replace(make_evidence(make_attempt(answer=WORKS, sending=SOCKET_IO), saw=502), attempts={})
    assert "nonsense-path" in names(works)


def test_a_status_that_was_seen_asks_for_every_damage_that_applies():
    evidence = replace(make_evidence(make_attempt(answer=WORKS), saw=400), attempts={})
    found = names(evidence)
    assert {"plain-instead", "without-upgrade", "http-2", "nonsense-path"} <= set(found)
    assert set(found) <= {e.name for e in experiments.DAMAGES}


@pytest.mark.parametrize("layer", [Layer.NAME, Layer.TCP])
def test_where_nobody_answers_no_request_is_varied(layer):
    assert names(stopped(layer)) == ["repeat"]
    assert names(stopped(layer, direct=DIRECT)) == ["repeat", "direct"]


def test_a_forward_proxy_that_refuses_is_gone_around():
    through = replace(make_sending(), forward_proxy=PROXY)
    assert names(stopped(Layer.FORWARD_PROXY, Ending.PROXY_REFUSED, through)) == [
        "repeat",
        "without-forward-proxy",
    ]


def test_where_tls_fails_tls_is_varied_and_no_field():
    found = names(replace(make_case(tls_failed(code=10)), attempts={}))
    assert found[0] == "repeat"
    assert {"unverified", "dates-unchecked", "plain-instead"} <= set(found)
    assert set(found) <= {"repeat", *(e.name for e in experiments.REPAIRS_OF_TLS)}


def test_a_refusal_asks_for_controls_first():
    found = names(refused(400, BEARER))
    controls = [e.name for e in experiments.CONTROLS]
    assert found[: len(controls) - 1] == [name for name in controls if name != "foreign-host"]


def test_every_further_field_of_the_client_is_left_out_once():
    found = names(refused(400, ("X-One", "1"), ("X-Two", "2")))
    assert [name for name in found if name.startswith("without-x")] == ["without-x-one", "without-x-two"]


@pytest.mark.parametrize(
    ("status", "worth"), [(401, True), (403, True), (400, False), (404, False), (502, False)]
)
def test_the_tokens_place_is_varied_only_where_the_refusal_may_concern_it(status, worth):
    assert ("token-in-query" in names(refused(status, BEARER))) == worth


def test_a_late_rejection_may_concern_the_token():
    sending = make_sending(make_request(BEARER))
    closed = make_attempt(
        answer=WORKS, sending=sending, aftermath=Aftermath(1.0, closed_after=0.1, close_code=4401)
    )
    assert "token-in-query" in names(replace(make_evidence(closed), attempts={}))


@pytest.mark.parametrize(("status", "worth"), [(431, True), (400, True), (401, False)])
def test_a_short_token_is_tried_where_size_may_matter(status, worth):
    assert ("short-token" in names(refused(status, BEARER))) == worth


def test_a_port_that_speaks_http_is_not_asked_for_another_scheme_or_a_proxy_line():
    assert not {"plain-instead", "proxy-line"} & set(names(refused(400)))
    silent = make_evidence(make_attempt(answer=NOTHING))
    assert {"plain-instead", "proxy-line"} <= set(names(replace(silent, attempts={})))


def test_what_was_tried_is_not_tried_again():
    first = refused(400)
    ran = {e.name: make_attempt(e.name, sending=s) for e, s in plan.choose(first)}
    assert plan.choose(replace(first, attempts=ran)) == ()


# ---- announce


def onward(stage, met):
    """Return the evidence of every stage that a repair of this one can lead to, whatever it met."""
    for experiment, there in plan.choose(stage):
        if experiment.family is Family.REPAIR and experiment.name in plan._FURTHER:
            yield replace(stage, baseline=replace(met, sending=there))


def stages_of(evidence, second, third):
    """Return the evidence of all stages of a run, at each of which a handshake met what is given for it."""
    first = replace(evidence, attempts={})
    seconds = [first] if first.works else [first, *onward(first, second)]
    return [*seconds, *(stage for one in seconds[1:] for stage in onward(one, third))]


@MANY
@given(
    evidences(), attempts().filter(lambda met: not met.works), attempts().filter(lambda met: not met.works)
)
def test_whatever_is_met_nothing_is_sent_that_was_not_announced(evidence, second, third):
    """At every stage, each of which goes on from any handshake that a repair can have led to; nothing is held back at them."""
    asked = replace(evidence, baseline=None, attempts={}, names=None, dials=(), look=None)
    announced = set(plan.announce(asked))
    assert "to each further address of the name" in announced
    for stage in stages_of(evidence, second, third):
        for experiment, _ in plan.choose(stage):
            assert experiment.change in announced or experiment.name.startswith("address-"), experiment.name


def test_no_experiment_is_made_on_a_token_that_a_redirect_brought():
    leads = make_answer(302, headers={"Location": f"/ws?token={TOKEN}"})
    evidence = make_evidence(make_attempt(answer=leads), {"redirect-target": make_answer(401)})
    further = plan.next_stage(evidence)
    assert further.baseline.sending.request.query == f"token={TOKEN}"
    assert not [name for name in names(further) if "token" in name]
    assert "without-token" in names(replace(further, overcome=()))


def test_a_status_that_was_seen_announces_repairs_too_for_the_handshake_may_fail():
    asked = Evidence(refused(400).target, make_sending(), 0.0, saw=400)
    assert {"with Connection: keep-alive", "with the path's last slash added or removed"} <= set(
        plan.announce(asked)
    )


def test_what_the_question_does_not_hold_is_not_announced():
    bare = Evidence(refused(400).target, make_sending(tls=False), 0.0)
    said = " ".join(plan.announce(bare))
    assert "token" not in said
    assert "--direct" not in said
    assert "forward proxy" not in said
    full = replace(
        bare,
        sending=make_sending(make_request(BEARER)),
        direct=DIRECT,
        fresh_token="f",
        tls_settings=SETTINGS,
    )
    said = " ".join(plan.announce(full))
    assert "valid now" in said
    assert "--direct" in said


# ---- the next stage


def after(status, /, *fields, tls=True, repeat=None, **experiments_met):
    sending = make_sending(make_request(*fields), tls=tls)
    answers = {name.replace("_", "-"): make_answer(s) for name, s in experiments_met.items()}
    if repeat is not None:
        answers["repeat"] = make_answer(repeat)
    return make_evidence(make_attempt(answer=make_answer(status), sending=sending), answers)


def test_a_repair_that_got_further_is_the_next_baseline():
    evidence = after(400, ("Upgrade", "h2c"), right_upgrade=401)
    further = plan.next_stage(evidence)
    assert further is not None
    assert (further.status, further.overcome, further.attempts, further.again) == (
        401,
        ("right-upgrade",),
        {},
        {},
    )
    assert further.baseline.family is Family.BASELINE
    assert further.sending == evidence.sending
    assert plan.next_stage(further) is None


def test_obstacles_are_counted_in_their_order():
    further = plan.next_stage(
        replace(after(400, ("Upgrade", "h2c"), right_upgrade=401), overcome=("tls-instead",))
    )
    assert further.overcome == ("tls-instead", "right-upgrade")


@pytest.mark.parametrize(
    "evidence",
    [
        after(400, ("Upgrade", "h2c"), ("Sec-WebSocket-Version", "8"), right_upgrade=101, right_version=401),
        after(400, ("Upgrade", "h2c"), right_upgrade=400),
        after(400, ("Upgrade", "h2c"), right_upgrade=404),
        after(400, ("Upgrade", "h2c"), right_upgrade=401, repeat=503),
        after(401, BEARER, token_in_query=403),
        after(401, BEARER, token_in_query=502),
        after(401, BEARER, without_token=404),
        after(400, version_99=401, plain_get=403),
        after(101),
    ],
    ids=["one mends", "the same", "elsewhere", "unstable", "still refused", "broken", "a damage", "damages", "works"],
)  # fmt: skip
def test_nothing_got_further(evidence):
    assert plan.next_stage(evidence) is None


def test_from_the_wrong_scheme_to_a_certificate_that_is_refused():
    baseline = met(make_answer(400, "The plain HTTP request was sent to HTTPS port"), plain())
    further = plan.next_stage(make_case(baseline, {"tls-instead": tls_failed(code=10)}))
    assert further is not None
    assert (further.overcome, further.baseline.layer) == (("tls-instead",), Layer.TLS)


def test_a_port_that_takes_both_schemes_has_not_got_further_by_a_certificate():
    evidence = make_case(
        met(make_answer(400, "no such route"), plain()), {"tls-instead": tls_failed(code=10)}
    )
    assert plan.next_stage(evidence) is None


def test_a_redirect_is_followed_unless_it_leads_in_circles_or_nowhere():
    for status, goes_on in ((401, True), (400, True), (301, False), (404, False)):
        answer = make_answer(301, headers={"Location": "/ws/"})
        evidence = make_evidence(make_attempt(answer=answer), {"redirect-target": make_answer(status)})
        assert (plan.next_stage(evidence) is not None) == goes_on, status


def test_a_certificates_dates_left_aside_the_answer_behind_it_is_looked_at():
    evidence = make_case(tls_failed(code=10), {"dates-unchecked": met(make_answer(401))})
    assert plan.next_stage(evidence).status == 401


@MANY
@given(examined())
def test_the_next_baseline_is_a_repair_that_met_something_else(evidence):
    further = plan.next_stage(evidence)
    if further is None:
        return
    name = further.overcome[-1]
    assert evidence.attempts[name].family is Family.REPAIR
    assert evidence.stable
    assert evidence.moves(name)
    assert not any(evidence.mends(other) for other in evidence.attempts)
    assert changed(evidence, further) <= {"baseline", "attempts", "again", "overcome"}
    assert not further.works


# ---- once more


def test_what_differed_is_sent_again_what_mends_first():
    evidence = after(400, ("X-One", "1"), without_x_one=101, slash_toggled=404, version_99=426)
    assert [a.experiment for a in plan.again(evidence)] == [
        "repeat",
        "repeat",
        "without-x-one",
        "slash-toggled",
    ]


@pytest.mark.parametrize(
    "evidence",
    [after(400, slash_toggled=400), after(400, slash_toggled=404, repeat=502), after(503, after_pause=101), after(400, version_99=426)],
    ids=["no difference", "unstable already", "limits pass", "damages alone"],
)  # fmt: skip
def test_nothing_needs_to_be_confirmed(evidence):
    assert plan.again(evidence) == ()


def test_no_more_than_a_few_are_sent_again():
    fields = [(f"X-{n}", "1") for n in range(9)]
    evidence = after(400, *fields, **{f"without_x_{n}": 401 for n in range(9)})
    assert len(plan.again(evidence)) == 6


def test_a_login_page_at_the_end_of_a_redirect_is_no_further_obstacle():
    for location, goes_on in (("/login", False), ("/ws/", True)):
        answer = make_answer(302, headers={"Location": location})
        evidence = make_evidence(make_attempt(answer=answer), {"redirect-target": make_answer(200)})
        assert (plan.next_stage(evidence) is not None) == goes_on, location


def test_past_the_proxy_the_demand_for_credentials_is_next():
    for direct, goes_on in ((401, True), (403, True), (404, False), (200, False)):
        baseline = make_attempt(answer=make_answer(404))
        evidence = make_evidence(baseline, {"direct": make_answer(direct)}, direct=DIRECT)
        assert (plan.next_stage(evidence) is not None) == goes_on, direct


def test_the_server_is_asked_before_it_is_damaged():
    chosen = names(refused(404, direct=DIRECT))
    assert chosen.index("direct") < min(n for n, name in enumerate(chosen) if name.startswith("direct-"))


def test_what_was_closed_without_a_word_may_concern_the_token():
    closed = stopped(Layer.HTTP, Ending.CLOSED, make_sending(make_request(BEARER)))
    assert "token-in-query" in names(closed)
