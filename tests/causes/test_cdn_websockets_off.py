import pytest
from msgspec.structs import replace

from causes.building import make_answer
from causes.connecting import WORKS, make_case, met, secure, tls_failed
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.cdn_websockets_off import CAUSE
from ws101.terms import Certainty

MARKS = {"Server": "cloudflare", "CF-RAY": "8a1b2c3d4e5f-FRA"}
PAGE = met(make_answer(200, "<h1>Hello</h1>", MARKS))
BAD = met(make_answer(400, "Bad Request", MARKS))
ORIGIN = replace(secure(), host="origin.test")


@pytest.mark.parametrize(
    ("headers", "switch"),
    [
        (MARKS, "Network"),
        ({"X-Amz-Cf-Id": "abc", "Via": "1.1 abc.cloudfront.net (CloudFront)"}, "origin request policy"),
        ({"X-Served-By": "cache-fra-1"}, "passthrough"),
        ({"X-Azure-Ref": "abc"}, "Azure Front Door"),
    ],
)
def test_answered_through_an_edge_as_a_plain_get(headers, switch):
    page = met(make_answer(200, "<h1>Hello</h1>", headers))
    ruling = CAUSE.judge(make_case(page, {"plain-get": page}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.remedy is not None
    assert switch in ruling.remedy.text


def test_straight_to_the_server_is_a_further_fact():
    ruling = CAUSE.judge(make_case(PAGE, {"plain-get": PAGE, "direct": met(WORKS)}, direct=ORIGIN))
    assert isinstance(ruling, Supported)
    assert ruling.facts[-1].source == "experiment direct"


@pytest.mark.parametrize(
    ("baseline", "results"),
    [
        (met(make_answer(200, "<h1>Hello</h1>")), {}),
        (BAD, {"plain-get": PAGE}),
        (BAD, {"plain-get": BAD, "version-99": met(make_answer(426, "", MARKS))}),
        (met(WORKS), {}),
    ],
)
def test_innocent(baseline, results):
    assert isinstance(CAUSE.judge(make_case(baseline, results)), RuledOut)


def test_a_server_that_answers_so_itself_is_to_blame():
    evidence = make_case(PAGE, {"plain-get": PAGE, "direct": PAGE}, direct=ORIGIN)
    assert isinstance(CAUSE.judge(evidence), RuledOut)


def test_nobody_looked():
    assert isinstance(CAUSE.judge(make_case(PAGE)), Unknown)
    assert isinstance(CAUSE.judge(make_case(tls_failed(code=10))), Unknown)
