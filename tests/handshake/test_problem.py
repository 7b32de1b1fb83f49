"""Problem documents: the ones that name a cause are read, and nothing else is taken for one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.handshake.problem import Problem, read

TRACE = "/api/v1/handshakes/4f1c8e0a2b7d4c59"
DOCUMENT = {
    "type": "urn:ws101:cause:token-expired",
    "title": "The token has expired",
    "status": 401,
    "trace": TRACE,
}


def answer(body, media="application/problem+json"):
    return Answer(Kind.HTTP, status=401, headers=Headers.of([("Content-Type", media)]), body=body)


def said(**changes):
    return read(answer(json.dumps(DOCUMENT | changes).encode()))


def test_a_document_that_names_a_cause_is_read():
    assert said(detail="It ended 3 s ago.") == Problem(
        "token-expired", "The token has expired", "It ended 3 s ago.", TRACE
    )
    assert said(detail="It ended 3 s ago.").words == "The token has expired. It ended 3 s ago"


@pytest.mark.parametrize(
    "trace",
    ["https://elsewhere.test/api/v1/handshakes/4f1c8e0a2b7d4c59", "//elsewhere.test/x", "/api/v1/handshakes/../users",
     "/api/v1/handshakes/short", f"{TRACE}?x=1", f"{TRACE}\r\nX: y", 7, None],
)  # fmt: skip
def test_a_trace_is_a_path_of_one_form_or_none(trace):
    assert said(trace=trace).trace == ""


@pytest.mark.parametrize(
    "kind", ["about:blank", "urn:ws101:cause:", "urn:ws101:cause:No Slug", "urn:other:x", 7]
)
def test_another_type_names_no_cause(kind):
    assert said(type=kind) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"urn:ws101:cause:token-expired"', b"[" * 50_000 + b"urn:ws101:cause:x", b"\xff"],
)
def test_what_is_no_document_is_none(body):
    assert read(answer(body)) is None
    assert read(answer(body + b"urn:ws101:cause:token-expired")) is None


def test_a_page_that_quotes_one_is_none():
    assert read(answer(json.dumps(DOCUMENT).encode(), media="text/html")) is None


def test_long_words_are_cut():
    assert len(said(detail="x" * 10_000).detail) == 300


@given(st.binary())
def test_no_body_raises(body):
    assert read(answer(b'{"type":"urn:ws101:cause:' + body)) is None or body
