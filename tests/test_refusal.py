import pytest
from msgspec.structs import replace

from causes.refusals import BASIC, BEARER, GOOD, answered, closed, cut_off, evidence
from ws101 import refusal
from ws101.attempt import Aftermath
from ws101.handshake.answer import Breach
from ws101.handshake.request import Request


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
    words = "jwt expired"
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


STRANGE = Breach("a reserved bit is set", "RFC 6455, 5.2")


def inside(status, *fields):
    """Return what flask-sock does: 101, and then an HTTP answer in the stream."""
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    written = f"HTTP/1.1 {status} NO\r\n{head}Content-Length: 0\r\n\r\n".encode()
    met = answered(101)
    return replace(met, aftermath=Aftermath(0.3, 0.01, first_bytes=written, breaches=(STRANGE,)))


def test_an_answer_inside_the_stream_concerns_credentials():
    assert refusal.concerns_credentials(inside(401))
    assert not refusal.concerns_credentials(inside(500))
    found = evidence(inside(401, BEARER))
    assert refusal.plain(found)
    assert refusal.challenge(found) == "bearer"
    assert "inside it: 401" in refusal.shown(found).text


@pytest.mark.parametrize("met", [closed(1000), closed(1011), cut_off(), answered(400)])
def test_what_the_token_alone_mends_was_refused_for_it(met):
    assert not refusal.refused(evidence(met))
    assert refusal.refused(evidence(met, fresh_token=101))
    assert refusal.refused(evidence(met, token_in_query=101))
    assert not refusal.refused(evidence(met, without_origin=101))


def test_a_401_of_verify_client_may_be_for_the_origin():
    from_page = Request("/ws", GOOD.headers.added(("Origin", "https://app.test")))
    refused = answered(401, "Unauthorized", ("Content-Type", "text/html"), ("Content-Length", "12"))
    assert refusal.plain(evidence(refused))
    assert not refusal.plain(evidence(refused, request=from_page))
    assert refusal.plain(evidence(answered(401), request=from_page))
