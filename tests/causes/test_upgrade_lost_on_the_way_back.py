import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence
from causes.configuring import SOUND, configured, only, whole
from causes.recorded import DIRECT, behind_nginx, recorded, seen
from ws101.attempt import Ending
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.upgrade_lost_on_the_way_back import inspect, judge
from ws101.handshake.answer import NOTHING
from ws101.nginx.blameless import NO_LINE
from ws101.nginx.circumstance import State
from ws101.observed import Met, Soundings
from ws101.terms import Certainty

WITHOUT_UPGRADE = make_answer(101, headers={"Upgrade": ""})
WITHOUT_CONNECTION = make_answer(101, headers={"Connection": "close"})
DOWN = recorded("nginx-502")


@pytest.mark.parametrize("answer", [WITHOUT_UPGRADE, WITHOUT_CONNECTION])
def test_a_101_that_is_no_upgrade(answer):
    assert judge(behind_nginx(answer)).certainty is Certainty.LIKELY
    assert judge(seen(answer)).certainty is Certainty.POSSIBLE


def test_the_server_itself_sends_a_whole_101():
    assert judge(behind_nginx(WITHOUT_UPGRADE, {"direct": make_answer(101)})).certainty is Certainty.PROVEN


def test_a_101_that_the_proxy_cannot_use():
    assert judge(seen(DOWN, {"nonsense-path": DOWN})).certainty is Certainty.POSSIBLE
    assert judge(seen(DOWN, {"nonsense-path": make_answer(404)})).certainty is Certainty.POSSIBLE


def silent(results):
    """Return the evidence of a handshake that got no answer through the proxy."""
    return make_evidence(make_attempt(ending=Ending.SILENT), results, direct=DIRECT)


def test_a_handshake_that_only_the_server_itself_answers():
    direct = {"direct": make_answer(101), "direct-plain-get": make_answer(426), "plain-get": make_answer(426)}
    ruling = judge(silent(direct))
    assert (ruling.certainty, ruling.remedy.patch) == (Certainty.LIKELY, "ws: true")


@pytest.mark.parametrize("direct", [{"direct": make_answer(401)}, {}])
def test_a_server_that_does_not_take_it_either_shows_no_101_to_lose(direct):
    plain = {"direct-plain-get": make_answer(426)}
    assert not isinstance(judge(silent({**direct, **plain})), Supported)


def test_a_server_that_leaves_plain_requests_waiting_may_not_have_got_the_upgrade():
    evidence = silent({"direct": make_answer(101), "direct-plain-get": make_answer(404)})
    waits = replace(evidence.attempts["direct-plain-get"], ending=Ending.SILENT, answer=NOTHING)
    evidence = replace(evidence, attempts={**evidence.attempts, "direct-plain-get": waits})
    assert not isinstance(judge(evidence), Supported)


def test_a_proxy_that_cannot_connect_has_no_answer_to_lose():
    assert judge(seen(recorded("haproxy-503"))) == RuledOut("no 101 came back")


def test_another_fault_of_the_101():
    wrong = make_answer(101, headers={"Sec-WebSocket-Accept": "x"})
    assert judge(behind_nginx(wrong)) == RuledOut("the 101 carries Upgrade and Connection")


def test_nothing_came_back():
    assert isinstance(judge(make_evidence(make_attempt())), Unknown)
    assert isinstance(judge(make_evidence(None)), Unknown)


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the 101 is complete")


def test_only_the_whole_handshake_is_left_without_an_answer():
    silent = make_attempt(ending=Ending.SILENT)
    answered = {"plain-get": make_answer(200), "version-99": make_answer(426)}
    ruling = judge(make_evidence(silent, answered))
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.facts[0].source == "experiments plain-get, version-99"
    assert isinstance(judge(make_evidence(silent, {"version-99": make_answer(426)})), Unknown)


def test_a_server_that_breaks_off_when_it_is_asked_from_here_is_to_blame_and_no_line():
    evidence = configured(seen(DOWN), whole(SOUND))
    (place,) = only(evidence).server_places
    cut = replace(evidence, soundings=Soundings(met={place: Met(101, whole=False)}))
    ruling = inspect(cut, only(cut))
    assert (ruling.given.state, ruling.given.supposed) == (State.CUT, False)
    assert ruling.remedy.text.startswith(NO_LINE)
    whole_answer = replace(evidence, soundings=Soundings(met={place: Met(101)}))
    assert inspect(whole_answer, only(whole_answer)) is None
