import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.timers.client.refusal import read
from ws101.timers.problem import REFUSALS, Actor, Retry, document, encode

NOW = 1_784_888_420_000  # 24 July 2026, 10:20:20 UTC


def _answer(status, body=b"", kind="application/problem+json", **headers):
    fields = [("Content-Type", kind), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return Answer(Kind.HTTP, status=status, reason="Why", headers=Headers.of(fields), body=body)


@pytest.mark.parametrize("kind", REFUSALS.values(), ids=lambda kind: kind.cause)
def test_a_problem_document_is_read_whole(kind):
    said = read(_answer(kind.status, encode(document(kind, "this very one", "abcdef12"))), NOW)
    assert (said.status, said.cause, said.title, said.detail) == (
        kind.status,
        kind.cause,
        kind.title,
        "this very one",
    )
    assert (said.retry, said.retry_after, said.actor) == (kind.retry, kind.retry_after, kind.actor)
    assert said.trace_id == "abcdef12"
    assert f"{kind.title}: this very one ({kind.status})." in said.line
    assert "Trace abcdef12." in said.line


@pytest.mark.parametrize(
    ("status", "headers", "retry", "after"),
    [
        (400, {}, Retry.NEVER, 0),
        (401, {}, Retry.NEVER, 0),
        (404, {}, Retry.NEVER, 0),
        (502, {}, Retry.AFTER, 0),
        (429, {"Retry_After": "7"}, Retry.AFTER, 7),
        (503, {"Retry_After": "Fri, 24 Jul 2026 10:20:50 GMT"}, Retry.AFTER, 30),
        (503, {"Retry_After": "Fri, 24 Jul 2020 10:20:50 GMT"}, Retry.AFTER, 0),
        (503, {"Retry_After": "soon"}, Retry.AFTER, 0),
        (403, {"Retry_After": "99999999999999"}, Retry.AFTER, 86_400),
    ],
)
def test_without_a_document_the_status_tells_whether_to_come_back(status, headers, retry, after):
    said = read(_answer(status, b"<html>", "text/html", **headers), NOW, "mine")
    assert (said.retry, said.retry_after, said.actor, said.trace_id) == (retry, after, None, "mine")


def test_retry_after_and_the_document_are_both_honoured():
    body = encode(document(REFUSALS["server-overloaded"], "", "abcdef12", 3))
    assert read(_answer(503, body, Retry_After="9"), NOW).retry_after == 9
    assert read(_answer(503, body, Retry_After="1"), NOW).retry_after == 3


@pytest.mark.parametrize(("after", "waited"), [("1" + "0" * 400, 86_400), ("-5", 0)])
def test_no_document_makes_the_client_wait_for_ever_or_fail(after, waited):
    body = f'{{"title": "Later", "status": 503, "retry": "after", "retryAfter": {after}}}'
    assert read(_answer(503, body.encode()), NOW).retry_after == waited


def test_nginxs_page_keeps_the_decisive_words():
    page = b"<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>"
    said = read(_answer(400, page, "text/html", Server="nginx"), NOW)
    assert said.retry is Retry.NEVER
    assert "from nginx" in said.line
    assert "The plain HTTP request was sent to HTTPS port" in said.line


def test_a_redirection_is_told_with_its_place():
    said = read(_answer(301, b"", "text/html", Location="https://timers.test/"), NOW)
    assert said.retry is Retry.NEVER
    assert "it points to https://timers.test/; if that is right, make it the profile's URL" in said.line


def test_errors_of_fields_are_told():
    body = b'{"title":"Invalid","status":422,"errors":[{"pointer":"/name","detail":"is empty"}]}'
    assert read(_answer(422, body), NOW).line == "name: is empty."


def test_a_stranger_writes_neither_secrets_nor_controls():
    secret = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"
    body = f'{{"title":"\\u001b[2J bad Bearer {secret}","status":401,"traceId":"\\u202e"}}'.encode()
    line = read(_answer(401, body), NOW).line
    assert line.isprintable()
    assert "c2lnbmF0dXJl" not in line


@given(st.binary(max_size=300), st.integers(100, 599))
def test_no_answer_is_too_strange(body, status):
    said = read(_answer(status, body), NOW)
    assert said.status == status
    assert said.line.isprintable()


def test_what_is_no_http_is_named():
    said = read(Answer(Kind.BANNER, service="SSH"), NOW)
    assert said.retry is Retry.NEVER
    assert "SSH" in said.line
    assert said.actor is None or isinstance(said.actor, Actor)
