"""What is remembered of handshakes, and who may see it."""

import json

import msgspec
import pytest

from ws101.timers.server import traces
from ws101.timers.server.attempt import Attempt
from ws101.timers.server.traces import Traces
from ws101.timers.settings import ServiceSettings


class Hand:
    """A clock that is set by hand."""

    def __init__(self):
        self.ms = 1_000_000

    def now(self):
        return self.ms

    def monotonic(self):
        return self.ms / 1000


HEAD = b"GET /a?ticket=abc HTTP/1.1\r\nHOST: h\r\nAuthorization: Bearer a.b.c\r\n\r\n"


def attempt(trace_id="t-1234567", user="ann", cause="", at=1_000_000, head=HEAD):
    return Attempt(
        at, trace_id, "10.0.0.1", "10.0.0.2", True, head, 401 if cause else 101, cause, "It is so.", user
    )


@pytest.fixture
def clock():
    return Hand()


@pytest.fixture
def kept(clock):
    return Traces(ServiceSettings(), clock)


def test_a_trace_is_what_was_seen_without_its_secrets(kept):
    kept.record(attempt(cause="token-expired"))
    assert json.loads(msgspec.json.encode(kept.find("t-1234567", "ann"))) == {
        "traceId": "t-1234567",
        "at": 1_000_000,
        "outcome": "refused",
        "cause": "token-expired",
        "status": 401,
        "detail": "It is so.",
        "peer": "10.0.0.1",
        "clientAddress": "10.0.0.2",
        "tls": True,
        "request": {
            "method": "GET",
            "target": "/a?ticket=[token, 1 part, 3 characters]",
            "version": "HTTP/1.1",
            "headers": [
                {"name": "HOST", "value": "h"},
                {"name": "Authorization", "value": "Bearer [token, 3 parts, 5 characters]"},
            ],
        },
        "userId": "ann",
    }


def test_an_accepted_one_has_no_cause(kept):
    kept.record(attempt())
    found = kept.find("t-1234567", "ann")
    assert (found.outcome, found.cause, found.status) == ("accepted", None, 101)


def test_a_trace_is_shown_to_its_user_and_to_an_administrator(kept):
    kept.record(attempt())
    assert kept.find("t-1234567", "ann")
    assert kept.find("t-1234567", "root", admin=True)
    assert kept.find("t-1234567", "bob") is None
    assert kept.find("another-1", "ann", admin=True) is None


def test_what_is_nobodys_is_shown_to_who_knows_its_id(kept):
    kept.record(attempt(user=None, cause="token-missing"))
    assert kept.find("t-1234567", "bob").cause == "token-missing"


def test_an_id_that_others_use_too_hides_nothing(kept):
    kept.record(attempt())
    kept.record(attempt(user="bob"))
    kept.record(attempt(user=None, cause="token-missing"))
    assert kept.find("t-1234567", "ann").user_id == "ann"
    assert kept.find("t-1234567", "bob").user_id == "bob"


def test_the_latest_of_a_user_counts(kept):
    kept.record(attempt(cause="token-expired"))
    kept.record(attempt(at=1_000_001))
    assert kept.find("t-1234567", "ann").outcome == "accepted"


def test_traces_last_for_their_time(kept, clock):
    kept.record(attempt())
    clock.ms += 3_600_000
    assert kept.find("t-1234567", "ann")
    clock.ms += 1
    assert kept.find("t-1234567", "ann") is None
    assert len(kept) == 0


def test_an_older_one_that_is_forgotten_takes_no_later_one_with_it(kept, clock):
    kept.record(attempt(cause="token-expired"))
    clock.ms += 3_000_000
    kept.record(attempt(at=clock.ms))
    clock.ms += 1_000_000
    assert kept.find("t-1234567", "ann").outcome == "accepted"
    assert len(kept) == 1


def test_traces_are_bounded_in_number_and_in_bytes(kept, monkeypatch):
    monkeypatch.setattr(traces, "MOST", 10)
    for number in range(30):
        kept.record(attempt(f"id-{number:06}"))
    assert len(kept) == 10
    assert kept.find("id-000029", "ann")
    assert kept.find("id-000019", "ann") is None
    monkeypatch.setattr(traces, "MOST_BYTES", 2_000)
    kept.record(attempt("big-00001", head=b"x" * 1_950))
    assert len(kept) == 1


def test_its_repr_holds_no_secret(kept):
    assert "a.b.c" not in repr(attempt())
