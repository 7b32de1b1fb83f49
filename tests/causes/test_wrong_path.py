import pytest
from msgspec.structs import replace

from causes import building
from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from causes.recorded import recorded
from ws101 import signatures
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.wrong_path import judge
from ws101.signature import Says
from ws101.terms import Certainty, Hop

NOT_FOUND = make_refusal(404, Says.NO_ROUTE)
AT_SLASH = make_sending(make_request(target="/ws/"))


def test_the_toggled_slash_mends_it():
    baseline = make_attempt(answer=make_answer(404), sending=AT_SLASH)
    ruling = judge(make_evidence(baseline, {"slash-toggled": make_answer(101)}))
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.remedy.text == "Ask for /ws."


def test_the_toggled_slash_leads_to_a_route_that_asks_for_credentials():
    results = {"nonsense-path": NOT_FOUND, "slash-toggled": make_answer(401)}
    assert (
        judge(make_evidence(make_attempt(answer=NOT_FOUND, sending=AT_SLASH), results)).certainty
        is Certainty.PROVEN
    )


@pytest.mark.parametrize("toggled", [404, 301, 200, 502])
def test_another_path_that_is_worse_proves_nothing(toggled):
    results = {"nonsense-path": make_answer(404, "x"), "slash-toggled": make_answer(toggled)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(400, "y")), results))
    assert isinstance(ruling, RuledOut)


def test_a_served_path_whose_neighbour_is_refused_otherwise():
    # The path is right and wants a token; a framework refuses the unknown one with 403.
    results = {"nonsense-path": make_answer(403), "slash-toggled": make_answer(403)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(400)), results))
    assert ruling == RuledOut("a path that nobody serves is answered otherwise", "nonsense-path")


def test_the_answer_of_a_path_that_nobody_serves_fits_other_causes_too():
    ruling = judge(make_evidence(make_attempt(answer=NOT_FOUND), {"nonsense-path": NOT_FOUND}))
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_websocket_layer_that_refuses_every_path_alike():
    results = {"nonsense-path": make_answer(400), "version-99": make_refusal(400, Says.VERSION)}
    assert (
        judge(make_evidence(make_attempt(answer=make_answer(400)), results)).certainty is Certainty.POSSIBLE
    )


def test_a_router_that_saw_no_upgrade_says_nothing_of_the_path():
    refusal = make_refusal(404, Says.PLAIN_NOT_FOUND)
    assert isinstance(judge(make_evidence(make_attempt(answer=refusal), {"nonsense-path": refusal})), Unknown)


def test_the_proxys_own_404_fits_as_well(monkeypatch):
    proxies = tuple(replace(signature, hop=Hop.PROXY) for signature in building.SPOKEN)
    monkeypatch.setattr(signatures, "SIGNATURES", proxies)
    ruling = judge(make_evidence(make_attempt(answer=NOT_FOUND), {"nonsense-path": NOT_FOUND}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_redirect_that_leads_on_is_another_cause():
    redirect = make_answer(301, headers={"Location": "/ws"})
    baseline = make_attempt(answer=redirect, sending=AT_SLASH)
    results = {"redirect-target": make_answer(101), "slash-toggled": make_answer(101)}
    assert isinstance(judge(make_evidence(baseline, results)), RuledOut)


def test_a_working_handshake_is_innocent():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


def test_damage_that_gives_the_clients_status():
    results = {"nonsense-path": make_answer(404), "slash-toggled": make_answer(301)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(101)), results, saw=404))
    assert [fact.source for fact in ruling.facts] == ["experiment nonsense-path"]


def test_where_any_path_works_another_one_is_not_the_right_one():
    refusal = make_answer(403)
    results = {"slash-toggled": make_answer(101), "nonsense-path": make_answer(101)}
    assert isinstance(judge(make_evidence(make_attempt(answer=refusal), results)), RuledOut)


def test_channels_raises_where_no_route_fits():
    failure = recorded("daphne-500")
    ruling = judge(make_evidence(make_attempt(answer=failure), {"nonsense-path": failure}))
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_path_below_this_one_gets_the_very_same_refusal():
    refusal = make_refusal(404, Says.NO_ROUTE)
    results = {"nonsense-path": make_answer(404, "elsewhere"), "nonsense-below": refusal}
    ruling = judge(make_evidence(make_attempt(answer=refusal), results))
    assert isinstance(ruling, Supported)
    assert ruling.facts[-1].source == "experiment nonsense-below"
