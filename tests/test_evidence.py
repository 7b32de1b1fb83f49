"""The questions that causes ask of the evidence, each with what it must not be mistaken for."""

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from causes.building import (
    HOST,
    make_answer,
    make_attempt,
    make_evidence,
    make_refusal,
    make_request,
    make_sending,
)
from causes.conftest import spoken_refusals  # noqa: F401
from causes.connecting import make_case, make_certificate, make_look, met, tls_failed
from experiments.baselines import DIRECT, examined
from ws101.attempt import Aftermath, Ending, Layer
from ws101.evidence import Evidence
from ws101.handshake.answer import NOTHING
from ws101.observed import Target
from ws101.signature import Says
from ws101.terms import Certainty, Family, Hop

PROVEN, LIKELY, POSSIBLE = Certainty.PROVEN, Certainty.LIKELY, Certainty.POSSIBLE
REFUSED = make_answer(400, "refused")


def after(answer=REFUSED, results=None, *, sending=None, **known):
    return make_evidence(make_attempt(answer=answer, sending=sending), results, **known)


def asked_directly(answer, direct, **damages):
    """Return evidence of a refusal, of the server asked directly, and of damages done there."""
    evidence = after(answer, direct=DIRECT)
    made = {"direct": direct, **{f"direct-{name.replace('_', '-')}": seen for name, seen in damages.items()}}
    attempts = {
        name: make_attempt(
            name, seen, sending=replace(DIRECT, request=evidence.sending.request), family=Family.DAMAGE
        )
        for name, seen in made.items()
    }
    return replace(evidence, attempts={**evidence.attempts, **attempts})


# ---- values


@pytest.mark.parametrize(
    ("host", "authority"),
    [("h.test", "h.test:443"), ("::1", "[::1]:443"), ("[::1]", "[::1]:443"), ("192.0.2.1", "192.0.2.1:443")],
)
def test_authority(host, authority):
    assert Target("wss://x/", "wss", host, 443, "/").authority == authority


def test_nothing_secret_shows_in_a_repr():
    target = Target("wss://h/?token=hunter2", "wss", "h", 443, "/?token=hunter2")
    evidence = Evidence(target, make_sending(), 0.0, fresh_token="hunter2", stale_token="hunter2")
    assert "hunter2" not in repr(evidence)


def test_the_top_of_a_chain_is_found_in_any_order():
    leaf, middle = make_certificate(issuer="CN=middle"), make_certificate("CN=middle", "CN=root", ())
    root, stranger = make_certificate("CN=root", "CN=root", ()), make_certificate("CN=other", "CN=x", ())
    assert make_look(leaf, middle).top == middle
    assert make_look(leaf, root, stranger, middle).top == root
    assert make_look(leaf, stranger).top == leaf
    assert make_look().top is None


def test_a_chain_that_goes_in_circles_has_a_top():
    one, two = make_certificate("CN=a", "CN=b"), make_certificate("CN=b", "CN=a")
    assert make_look(one, two, one).top in {one, two}


def test_connect_to_dials_a_port_in_place_of_the_urls_and_a_redirect_leads_to_its_own():
    sending = replace(make_sending(port=7777), host="127.0.0.1")
    evidence = Evidence(Target("wss://h/", "wss", "h", 443, "/"), sending, 0.0)
    assert evidence.port_meant(sending) == 443
    assert evidence.port_meant(replace(sending, port=8443)) == 8443


# ---- the baseline


def test_before_the_baseline_nothing_is_known():
    evidence = make_evidence(None)
    assert (evidence.works, evidence.answer, evidence.status, evidence.author) == (False, None, None, None)
    assert (evidence.refused, evidence.stable, evidence.says, evidence.wavering) == (
        False,
        False,
        Says.NOTHING,
        None,
    )
    assert not evidence.ended(Layer.HTTP, Ending.CLOSED)


@pytest.mark.parametrize(("status", "refused"), [(400, True), (200, True), (101, False)])
def test_every_answer_but_101_refuses(status, refused):
    assert after(make_answer(status)).refused == refused


def test_no_answer_is_no_refusal():
    evidence = after(NOTHING)
    assert not evidence.refused
    assert evidence.answer is None
    assert evidence.ended(Layer.HTTP, Ending.RESET, Ending.CLOSED)
    assert not evidence.ended(Layer.HTTP, Ending.SILENT)
    assert not evidence.ended(Layer.TLS, Ending.CLOSED)


def test_who_answered_says_what():
    evidence = after(make_refusal(403, Says.ORIGIN))
    assert (evidence.author.software, evidence.says) == ("spoken", Says.ORIGIN)
    assert not evidence.answered_by_proxy


# ---- experiments


def test_a_bug_of_ours_is_no_observation():
    evidence = after(REFUSED, {"version-99": make_answer(426)})
    broken = replace(evidence.attempts["version-99"], ending=Ending.BUG)
    evidence = replace(evidence, attempts={**evidence.attempts, "version-99": broken})
    assert evidence.tried("version-99") is None
    assert not evidence.moves("version-99")
    assert not evidence.same("version-99")


def test_an_experiment_moves_or_is_the_same_or_was_not_made():
    evidence = after(REFUSED, {"version-99": make_answer(426), "plain-get": REFUSED})
    assert [evidence.moves(n) for n in ("version-99", "plain-get", "nonsense-path")] == [True, False, False]
    assert [evidence.same(n) for n in ("version-99", "plain-get", "nonsense-path")] == [False, True, False]


def test_only_a_failing_handshake_is_mended():
    assert after(REFUSED, {"slash-toggled": make_answer(101)}).mends("slash-toggled")
    assert not after(REFUSED, {"slash-toggled": make_answer(404)}).mends("slash-toggled")
    assert not after(make_answer(101), {"foreign-origin": make_answer(101)}).mends("foreign-origin")


def test_a_101_that_is_closed_at_once_mends_nothing():
    evidence = after(REFUSED, {"slash-toggled": make_answer(101)})
    closed = replace(evidence.attempts["slash-toggled"], aftermath=Aftermath(1.0, closed_after=0.1))
    assert not replace(evidence, attempts={"slash-toggled": closed}).mends("slash-toggled")


def test_the_first_that_mends():
    evidence = after(REFUSED, {"version-99": make_answer(426), "slash-toggled": make_answer(101)})
    assert evidence.first("version-99", "own-origin", "slash-toggled").experiment == "slash-toggled"
    assert evidence.first("version-99", "own-origin") is None


@pytest.mark.parametrize(
    ("name", "sending", "mended"),
    [
        ("own-origin", None, "own-origin"),
        ("slash-toggled", None, ""),
        ("plain-instead", make_sending(), "plain-instead"),
    ],
)
def test_mended_on_the_way_leaves_the_path_and_the_port(name, sending, mended):
    assert after(REFUSED, {name: make_answer(101)}, sending=sending).mended_on_the_way == mended


def test_mended_elsewhere_is_not_on_the_way():
    assert asked_directly(REFUSED, make_answer(101)).mended_on_the_way == ""


# ---- how much a flip carries


def test_a_flip_proves_while_the_answers_do_not_waver():
    assert after().by_flip is PROVEN
    assert after(REFUSED, {"repeat": make_answer(502)}).by_flip is POSSIBLE


def test_without_the_repeat_nothing_is_stable():
    assert not replace(after(), attempts={}).stable
    assert replace(after(), attempts={}).by_flip is POSSIBLE


def test_what_was_sent_again_must_meet_the_same():
    evidence = after(REFUSED, {"slash-toggled": make_answer(101)})
    once_more = {name: replace(evidence.attempts[name]) for name in ("repeat", "slash-toggled")}
    assert replace(evidence, again=once_more).stable
    wavering = replace(evidence, again={"slash-toggled": evidence.attempts["repeat"]})
    assert not wavering.stable
    assert wavering.wavering == (evidence.attempts["slash-toggled"], evidence.attempts["repeat"])
    assert wavering.by_flip is POSSIBLE


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(examined())
def test_no_two_answers_exclude_each_other(evidence):
    for name in (*evidence.attempts, "never-made"):
        assert not (evidence.moves(name) and evidence.same(name))
        assert not (evidence.works and evidence.mends(name))
        assert evidence.tried(name) is not None or not (evidence.moves(name) or evidence.same(name))
    assert evidence.stable == (evidence.by_flip is PROVEN)
    assert evidence.upgrade_unseen in {None, LIKELY, POSSIBLE}
    assert not (evidence.upgrade_unseen and evidence.moves("version-99"))


# ---- past the proxy


def test_a_damage_that_is_answered_as_through_the_proxy_shows_what_the_proxy_does():
    alone = asked_directly(REFUSED, make_answer(101), plain_get=REFUSED, http_1_0=make_answer(101))
    assert alone.by_direct("direct-plain-get") is PROVEN
    assert alone.by_direct("direct-http-1-0") is None


def test_two_damages_that_are_answered_so_leave_it_open():
    both = asked_directly(REFUSED, make_answer(101), plain_get=REFUSED, without_query=REFUSED)
    assert both.by_direct("direct-plain-get") is POSSIBLE


def test_a_server_that_works_at_another_path_than_the_users_proves_nothing():
    evidence = asked_directly(REFUSED, make_answer(101), plain_get=REFUSED)
    assert evidence.served_directly
    there = evidence.attempts["direct"]
    other = replace(there, sending=there.sending.asking(there.sending.request.with_target("/other")))
    elsewhere = replace(evidence, attempts={**evidence.attempts, "direct": other})
    assert not elsewhere.served_directly
    assert elsewhere.by_direct("direct-plain-get") is LIKELY


def test_a_server_that_refuses_directly_shows_nothing_of_the_proxy():
    evidence = asked_directly(REFUSED, REFUSED, plain_get=REFUSED)
    assert evidence.by_direct("direct-plain-get") is None
    assert evidence.server_refuses_too
    assert not asked_directly(REFUSED, make_answer(101)).server_refuses_too
    assert not asked_directly(REFUSED, make_answer(401)).server_refuses_too
    assert not after().server_refuses_too


# ---- what becomes of the upgrade

SAME = {"plain-get": REFUSED, "version-99": REFUSED}


def test_another_version_answered_otherwise_shows_a_websocket_layer():
    assert after(REFUSED, {"version-99": make_answer(426)}).upgrade_reaches_websocket is True
    assert after(make_answer(101)).upgrade_reaches_websocket is True


def test_the_same_answer_to_another_version_shows_nothing():
    assert after(REFUSED, SAME).upgrade_reaches_websocket is None


def test_a_refusal_that_says_so_shows_that_no_upgrade_came():
    answer = make_refusal(400, Says.NO_UPGRADE)
    evidence = after(answer, {"version-99": answer, "plain-get": answer})
    assert evidence.upgrade_reaches_websocket is False
    assert evidence.upgrade_unseen is LIKELY


@pytest.mark.parametrize(
    ("status", "results", "shown"),
    [
        (400, SAME, POSSIBLE),
        (400, {}, None),
        (400, {**SAME, "version-99": make_answer(426)}, None),
        (400, {**SAME, "plain-get": make_answer(200)}, None),
        (401, None, None),
        (301, None, None),
        (503, None, None),
        (426, None, LIKELY),
    ],
)
def test_an_upgrade_that_was_not_seen_is_answered_as_a_plain_get(status, results, shown):
    answer = make_answer(status, "refused")
    same = {"plain-get": answer, "version-99": answer}
    assert after(answer, same if results is None else results).upgrade_unseen is shown


def test_an_upgrade_that_was_not_sent_cannot_be_lost():
    bare = make_sending(make_request(without=["Upgrade"]))
    evidence = after(REFUSED, {"version-99": REFUSED}, sending=bare)
    assert not evidence.asks_upgrade
    assert evidence.upgrade_unseen is None
    assert after().asks_upgrade


def test_an_upgrade_is_dropped_where_every_path_closes_and_a_plain_get_is_answered():
    results = {"plain-get": make_answer(404), "nonsense-path": NOTHING}
    assert after(NOTHING, results).drops_upgrades
    assert not after(NOTHING, {**results, "nonsense-path": make_answer(404)}).drops_upgrades
    assert not after(NOTHING, {**results, "plain-get": make_answer(502)}).drops_upgrades
    assert not after(REFUSED, {"plain-get": make_answer(404), "nonsense-path": REFUSED}).drops_upgrades


def test_a_server_without_plain_requests_may_leave_a_plain_get_waiting():
    evidence = after(NOTHING, {"plain-get": NOTHING, "nonsense-path": NOTHING})
    assert not evidence.drops_upgrades
    waiting = replace(evidence.attempts["plain-get"], ending=Ending.SILENT)
    assert replace(evidence, attempts={**evidence.attempts, "plain-get": waiting}).drops_upgrades


def test_what_was_not_tried_does_not_matter_nor_not_matter():
    assert (after().upgrade_matters, after().path_matters) == (None, None)
    tried = after(REFUSED, {"plain-get": REFUSED, "nonsense-path": make_answer(404)})
    assert (tried.upgrade_matters, tried.path_matters) == (False, True)


def test_passing_tls_needs_a_handshake_that_ended_in_it():
    stuck = make_case(tls_failed(code=10), {"unverified": met(make_answer(401))})
    assert stuck.passes_tls("unverified")
    assert not stuck.passes_tls("repeat")
    assert not make_evidence(met(REFUSED), {"version-99": make_answer(426)}).passes_tls("version-99")


# ---- the client's own status


def test_a_damage_reproduces_exactly_the_status_that_was_seen():
    results = {"without-upgrade": make_answer(426), "without-key": make_answer(400)}
    evidence = after(make_answer(101), results, saw=426)
    assert [evidence.reproduces(n) for n in ("without-upgrade", "without-key", "short-key")] == [
        True,
        False,
        False,
    ]
    assert not replace(evidence, saw=None).reproduces("without-upgrade")
    assert not after(make_answer(400), {"version-99": make_answer(426)}, saw=426).reproduces("version-99")


# ---- who stands on the way


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"Server": "nginx/1.22.1"}, "nginx"),
        ({"Via": "1.1 varnish"}, "varnish"),
        ({"Server": "uvicorn"}, ""),
        ({}, ""),
    ],
)
def test_a_proxy_is_known_by_its_marks(headers, name):
    assert after(make_answer(400, "x", headers)).proxy == name


def test_a_proxy_is_known_by_what_it_says_of_a_malformed_host():
    evidence = after(REFUSED, {"malformed-host": make_answer(400, "", {"Server": "nginx/1.22.1"})})
    assert evidence.proxy == "nginx"


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"CF-Ray": "8-FRA"}, "Cloudflare"),
        ({"X-Served-By": "cache-fra"}, "Fastly"),
        ({"X-Served-By": "web1"}, ""),
        ({}, ""),
    ],
)
def test_an_edge_is_known_by_its_marks(headers, name):
    assert after(make_answer(400, "x", headers)).edge == name


def test_a_proxy_that_answered_itself():
    page = "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<center>nginx</center>\r\n</html>"
    evidence = after(make_answer(403, page, {"Server": "nginx"}))
    assert evidence.answered_by_proxy
    assert evidence.author.hop is Hop.PROXY
    assert evidence.sending.host == HOST
