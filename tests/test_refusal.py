import re

import pytest

from causes.refusals import BASIC, BEARER, answered, closed, cut_off, evidence
from ws101 import refusal


@pytest.mark.parametrize("met", [answered(401), answered(403), closed(1008), closed(3000), closed(4403)])
def test_what_concerns_credentials(met):
    assert refusal.concerns_credentials(met)


@pytest.mark.parametrize(
    "met", [answered(400), answered(404), answered(101), answered(500), closed(1011), closed(1000), cut_off()]
)
def test_what_does_not(met):
    assert not refusal.concerns_credentials(met)


def test_basic_is_wanted_only_where_no_bearer_is():
    assert refusal.wants_basic(evidence(answered(401, "", BASIC)))
    assert not refusal.wants_basic(evidence(answered(401, "", BASIC, BEARER)))
    assert not refusal.wants_basic(evidence(401))


def test_a_complaint_is_quoted_with_its_source():
    words = re.compile("jwt expired", re.IGNORECASE)
    assert refusal.complaint(evidence(answered(401, "<p>JWT expired")), words).source == "the answer's body"
    assert refusal.complaint(evidence(closed(1008, "jwt expired")), words).source == "the close frame"
    assert refusal.complaint(evidence(answered(401, "nothing of the kind")), words) is None
    assert refusal.complaint(evidence(101), words) is None


@pytest.mark.parametrize(
    ("after", "lifted"), [(101, True), (404, True), (401, False), (403, False), (503, False), (429, False)]
)
def test_a_refusal_is_lifted_by_what_gets_further(after, lifted):
    assert refusal.lifts(evidence(401, fresh_token=after), "fresh-token") is lifted


def test_what_was_not_tried_lifts_nothing():
    assert not refusal.lifts(evidence(401), "fresh-token")
