import pytest

from causes.building import HOST, make_answer, make_attempt, make_evidence, make_request, make_sending
from ws101.cause import RuledOut
from ws101.causes.redirected import judge
from ws101.terms import Certainty, Hop


def redirect(location, *, tls=True, target="/ws", results=None, status=301):
    answer = make_answer(status, headers={"Location": location})
    baseline = make_attempt(answer=answer, sending=make_sending(make_request(target=target), tls=tls))
    return make_evidence(baseline, results)


@pytest.mark.parametrize("beyond", [101, 401])
def test_where_it_points_the_handshake_gets_beyond(beyond):
    evidence = redirect(f"https://{HOST}/ws", tls=False, results={"redirect-target": make_answer(beyond)})
    ruling = judge(evidence)
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.remedy.text == f"Use wss://{HOST}/ws."


def test_another_host_is_not_asked_and_likely():
    ruling = judge(redirect(f"https://www.{HOST}:8443/ws", status=308))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.remedy.text == f"Use wss://www.{HOST}:8443/ws."


def test_the_query_is_not_told():
    ruling = judge(redirect("/ws/?token=hunter2hunter2", target="/ws?token=hunter2hunter2"))
    told = ruling.remedy.text + " ".join(fact.text for fact in ruling.facts)
    assert "hunter2" not in told
    assert ruling.remedy.text.startswith(f"Use wss://{HOST}/ws/,")


@pytest.mark.parametrize(
    ("location", "results"),
    [("/account/login?next=/ws", None), ("/index.html", {"redirect-target": make_answer(200)})],
)
def test_a_redirect_to_a_page_is_not_to_be_followed(location, results):
    ruling = judge(redirect(location, status=302, results=results))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.remedy.text.startswith("Do not follow it")


def test_a_loop_fits_a_proxy_better():
    ruling = judge(redirect(f"https://{HOST}/ws"))
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.remedy.applies is Hop.PROXY


def test_a_location_that_names_no_place():
    assert judge(redirect("mailto:someone")).certainty is Certainty.LIKELY


def test_other_answers_are_innocent():
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(400)))), RuledOut)
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(304)))), RuledOut)
    assert isinstance(
        judge(make_evidence(make_attempt(answer=make_answer(201, headers={"Location": "/x"})))), RuledOut
    )


def test_a_client_that_reports_a_redirect():
    works = make_attempt(answer=make_answer(101))
    ruling = judge(make_evidence(works, {"slash-toggled": make_answer(307)}, saw=307))
    assert [fact.source for fact in ruling.facts] == ["experiment slash-toggled"]
    assert [fact.source for fact in judge(make_evidence(works, saw=302)).facts] == ["--saw"]
    assert isinstance(judge(make_evidence(works, saw=400)), RuledOut)
