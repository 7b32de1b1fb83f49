"""A server's record of a request, and that beside what was sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request, opening
from ws101.handshake.trace import Record, below, compare, path_for, read, request_for
from ws101.terms import Fate

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
ID = "4f1c8e0a2b7d4c59"
PATH = "/api/v1/timers/notifications"


def sent(*fields, target=PATH):
    return opening("app.test", target, KEY, Headers.of(fields))


def recorded(request, *, without=(), added=(), **changes):
    headers = request.headers.without(*without).added(*added)
    known = {"trace_id": ID, "method": request.method, "target": request.target, "version": request.version}
    return Record(headers=headers, **(known | changes))


def fates(request, record):
    return {p.part.lower(): p.fate for p in compare(request, record) if p.fate is not Fate.SAME}


def as_json(**changes):
    request = {
        "method": "GET",
        "target": PATH,
        "version": "HTTP/1.1",
        "headers": [{"name": "Host", "value": "h"}],
    }
    return json.dumps({"traceId": ID, "outcome": "refused", "request": request} | changes).encode()


def answer(body, status=200):
    return Answer(Kind.HTTP, status=status, body=body)


def test_a_record_is_read():
    assert read(answer(as_json())) == Record(ID, "GET", PATH, "HTTP/1.1", Headers.of([("Host", "h")]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{}",
        as_json(request=None),
        as_json(request={"headers": 3}),
        as_json(request={"headers": [1]}),
    ],
)
def test_what_is_no_record_is_none(body):
    assert read(answer(body)) is None


def test_a_refusal_is_no_record():
    assert read(answer(as_json(), status=401)) is None


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda v: st.lists(v) | st.dictionaries(st.text(), v))
)
def test_no_json_raises(value):
    assert read(answer(b" {" + json.dumps(value).encode())) is None
    read(answer(as_json(request=value)))


def test_what_arrived_as_sent_is_the_same():
    request = sent(("Authorization", f"Bearer {TOKEN}"))
    assert fates(request, recorded(request)) == {}


def test_what_was_lost_changed_and_added_is_told():
    request = sent()
    record = recorded(
        request,
        without=["Upgrade", "Connection"],
        added=[("Connection", "close"), ("X-Forwarded-For", "127.0.0.1")],
        version="HTTP/1.0",
    )
    assert fates(request, record) == {
        "upgrade": Fate.LOST,
        "connection": Fate.CHANGED,
        "version": Fate.CHANGED,
        "x-forwarded-for": Fate.ADDED,
    }


def test_names_and_the_words_of_rfc_6455_compare_without_case():
    request = sent()
    record = recorded(
        request, without=["Connection", "Host"], added=[("CONNECTION", "upgrade"), ("host", "APP.test")]
    )
    assert fates(request, record) == {}


def test_the_order_is_that_of_the_request():
    request = sent(("Authorization", "x"))
    parts = [p.part for p in compare(request, recorded(request, added=[("Via", "1.1 x")]))]
    names = [name for name, _ in request.headers]
    assert parts == ["method", "target", "version", *names, "Via"]


def test_lines_of_one_field_are_one_list():
    request = sent().with_headers(sent().headers.added(("X-A", "1"), ("X-A", "2")))
    record = recorded(request, without=["X-A"], added=[("X-A", "1, 2")])
    assert fates(request, record) == {}


@pytest.mark.parametrize(
    ("seen", "same"),
    [
        (f"Bearer [token, 3 parts, {len(TOKEN)} characters]", True),
        (f"Bearer [token, 3 parts, {len(TOKEN) - 1} characters]", False),
        (f"bearer [token, 3 parts, {len(TOKEN)} characters]", False),
        (f"Bearer [token, 3 parts, {len(TOKEN)} characters] x", False),
        ("Bearer", False),
        ("Bearer [token, 3 parts, 999999 characters]", False),
        ("[token, 1 part, 1 character]", False),
    ],
)
def test_secrets_compare_by_what_stands_for_them(seen, same):
    request = sent(("Authorization", f"Bearer {TOKEN}"))
    record = recorded(request, without=["Authorization"], added=[("Authorization", seen)])
    assert fates(request, record) == ({} if same else {"authorization": Fate.CHANGED})


def test_secrets_in_a_target_too():
    request = sent(target=f"{PATH}?token={TOKEN}&since=4")
    stand_in = f"[token, 3 parts, {len(TOKEN)} characters]"
    assert fates(request, recorded(request, target=f"{PATH}?token={stand_in}&since=4")) == {}
    assert fates(request, recorded(request, target=f"{PATH}?token={stand_in}")) == {"target": Fate.CHANGED}


@given(st.text(), st.text())
def test_any_two_values_can_be_compared(one, other):
    request = sent(("X-Any", one))
    assert compare(request, recorded(request, without=["X-Any"], added=[("X-Any", other)]))


# ---- asking for it


def accepted(name):
    return Answer(Kind.HTTP, status=101, headers=Headers.of([("X-Request-Id", name)]))


def test_an_accepted_handshake_names_its_record_in_x_request_id():
    assert path_for(sent(), accepted(ID)) == f"/api/v1/handshakes/{ID}"
    assert path_for(sent(target=f"/app{PATH}?x=1"), accepted(ID)) == f"/app/api/v1/handshakes/{ID}"


@pytest.mark.parametrize(
    ("target", "name"), [("/ws", ID), (PATH, ""), (PATH, "short"), (PATH, "../../../etc"), (f"{PATH}/x", ID)]
)
def test_another_servers_answer_names_none(target, name):
    assert path_for(sent(target=target), accepted(name)) == ""


@pytest.mark.parametrize(
    ("target", "mounted"), [(PATH, ""), (f"/app{PATH}?x=1", "/app"), ("/ws", ""), (f"/app{PATH}/x", "")]
)
def test_a_record_that_a_refusal_names_stands_where_the_service_is_mounted(target, mounted):
    assert below(sent(target=target), f"/api/v1/handshakes/{ID}") == f"{mounted}/api/v1/handshakes/{ID}"
    assert below(sent(target=target), "") == ""


def test_it_is_asked_for_by_name_and_with_the_credentials_alone():
    request = sent(("Authorization", f"Bearer {TOKEN}"), ("Cookie", "a=b"), ("X-Other", "1"))
    asking = request_for("/api/v1/handshakes/x", request)
    assert asking == Request(
        "/api/v1/handshakes/x", Headers.of([("Host", "app.test"), ("Authorization", f"Bearer {TOKEN}")])
    )
