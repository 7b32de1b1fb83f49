"""Recorded answers of real software, each recognised as what it is and as nothing else.

A file under `answers/` holds blocks: a line `## signature | software | meaning | where it was seen`, the answer's head,
an empty line, and its body with `\\r`, `\\n` and `\\\\` written out; Date fields are left out, long bodies are cut.
"""

import re
from pathlib import Path

import pytest
from msgspec import Struct

from ws101.handshake import problem
from ws101.handshake.answer import NOTHING, Answer, Kind
from ws101.handshake.headers import Headers
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request
from ws101.sighting import recognise
from ws101.signature import Says
from ws101.signatures import SIGNATURES, rfc6455, server_field, words
from ws101.terms import Hop

_ANSWERS = Path(__file__).parent / "answers"
_ESCAPES = {r"\r": "\r", r"\n": "\n", r"\\": "\\"}

# Marks that answers of many authors bear; their own tests tell what they mean.
_SHARED = frozenset({*words.SIGNATURES, *server_field.SIGNATURES, *rfc6455.SIGNATURES})
_BY_WORDS = frozenset(words.SIGNATURES)

# Signatures that rest on documentation alone, for want of the software: this number may only go down.
_MOST_FROM_DOCUMENTATION = 75


class Recording(Struct, frozen=True):
    signature: str
    software: str
    says: str
    seen: str
    raw: bytes

    @property
    def observed(self) -> bool:
        return self.seen != "documentation"

    @property
    def answer(self) -> Answer:
        reader = AnswerReader(Request("/"))
        reader.feed(self.raw)
        reader.feed_eof()
        return reader.answer()


def _recording(block: str) -> Recording:
    title, _, rest = block.partition("\n")
    head, _, body = rest.partition("\n\n")
    text = re.sub(r"\\[rn\\]", lambda found: _ESCAPES[found[0]], body.strip("\n").replace("\n", ""))
    signature, software, says, seen = title.split(" | ")
    raw = head.replace("\n", "\r\n") + "\r\n\r\n" + text
    return Recording(signature, software, says, seen, raw.encode())


def _recordings() -> list[Recording]:
    found = []
    for path in sorted(_ANSWERS.glob("*.txt")):
        blocks = re.split(r"(?m)^## ", path.read_text(encoding="utf-8"))
        found += [_recording(block) for block in blocks if block]
    return found


RECORDINGS = _recordings()
KNOWN = [r for r in RECORDINGS if r.signature != "-"]
UNKNOWN = [r for r in RECORDINGS if r.signature == "-"]


def _name(recording: Recording) -> str:
    return f"{recording.signature}: {recording.seen}"


@pytest.mark.parametrize("recording", KNOWN, ids=_name)
def test_a_recorded_answer_is_recognised(recording: Recording) -> None:
    found = recognise(recording.answer)

    assert found is not None
    assert (found.name, found.software, found.says.name) == (
        recording.signature,
        recording.software,
        recording.says,
    )


@pytest.mark.parametrize("recording", KNOWN, ids=_name)
def test_no_other_softwares_signature_fits_a_recorded_answer(recording: Recording) -> None:
    fitting = [s for s in SIGNATURES if s not in _SHARED and s.fits(recording.answer)]
    meanings = {(s.software, s.says) for s in fitting if s.software == recording.software}
    strangers = {s.name for s in fitting if s.software != recording.software}

    assert strangers <= _SHARED_BYTES.get(recording.signature, frozenset())
    assert meanings or recording.signature in {s.name for s in _SHARED}


# Where software writes the same bytes, the one that leaves a further mark goes first.
_SHARED_BYTES = {
    "starlette-404": frozenset({"plain-text-404"}),
    "tornado-no-upgrade": frozenset({"sockjs-no-upgrade"}),
    "envoy-http-1.0": frozenset({"ws-plain"}),
}


@pytest.mark.parametrize("recording", UNKNOWN, ids=_name)
def test_an_answer_that_could_be_anyones_names_no_software(recording: Recording) -> None:
    assert [s.name for s in SIGNATURES if s not in _SHARED and s.fits(recording.answer)] == []


def test_names_are_unique() -> None:
    names = [s.name for s in SIGNATURES]

    assert sorted(set(names)) == sorted(names)


def test_every_signature_is_exercised() -> None:
    assert {s.name for s in SIGNATURES if s not in _BY_WORDS} == {r.signature for r in KNOWN}


def test_what_claims_to_be_observed_was_observed() -> None:
    observed = {r.signature for r in KNOWN if r.observed}
    unseen = {s.name for s in SIGNATURES if s.source.startswith("observed: ")} - observed

    assert unseen == set()


def test_what_rests_on_documentation_says_where_and_does_not_grow() -> None:
    observed = {r.signature for r in KNOWN if r.observed}
    documented = [s for s in SIGNATURES if s not in _BY_WORDS and s.name not in observed]

    assert [s.name for s in documented if not s.source.startswith("https://")] == []
    assert len(documented) <= _MOST_FROM_DOCUMENTATION


def test_every_recording_is_an_http_answer() -> None:
    assert [r.seen for r in RECORDINGS if r.answer.kind is not Kind.HTTP] == []


def test_an_answer_that_is_no_http_is_not_recognised() -> None:
    assert recognise(NOTHING) is None
    assert (
        recognise(Answer(Kind.TLS_ALERT, b"\x15\x03\x03\x00\x02\x02\x28", service="handshake_failure"))
        is None
    )


def test_recordings_hold_no_secret() -> None:
    texts = [path.read_text(encoding="utf-8") for path in _ANSWERS.glob("*.txt")]

    assert not [t for t in texts if re.search(r"eyJ[\w-]+\.|Bearer [\w-]{8}|/(?:tmp|home|root)/", t)]


def test_an_inner_nginx_is_told_by_the_open_connection() -> None:
    """nginx closes after its own 400: over a connection that stays open, a hop in front passed it on."""
    page = b"<html>\r\n<head><title>400 Bad Request</title></head>\r\n<hr><center>nginx</center>\r\n</html>"
    found = {}
    for connection in (b"close", b"keep-alive"):
        raw = b"HTTP/1.1 400 Bad Request\r\nConnection: " + connection + b"\r\n\r\n" + page
        found[connection] = recognise(Recording("", "", "", "", raw).answer)

    assert {k: v.name for k, v in found.items() if v} == {
        b"close": "nginx-400",
        b"keep-alive": "nginx-inner-400",
    }


def test_servers_that_look_at_connection_first_do_not_blame_connection_alone() -> None:
    blamed = {s.software for s in SIGNATURES if s.says is Says.NO_CONNECTION}

    assert blamed.isdisjoint(
        {"websockets", "sanic", "coder/websocket", "gorilla/websocket", "axum", "phoenix"}
    )


def test_every_refusal_of_the_timer_service_is_recognised_and_is_in_the_catalogue() -> None:
    pytest.importorskip("msgspec", reason="the timer service (pip install 'ws101[timers]')")
    from ws101.causes import BY_SLUG
    from ws101.timers.problem import CONTENT_TYPE, REFUSALS, document, encode

    assert set(REFUSALS) <= set(BY_SLUG)
    headers = Headers.of([("Content-Type", CONTENT_TYPE)])
    for slug, refusal in REFUSALS.items():
        body = encode(document(refusal, "", "4f1c8e0a2b7d4c59"))
        answer = Answer(Kind.HTTP, status=refusal.status, headers=headers, body=body)
        found, named = recognise(answer), problem.read(answer)
        assert named is not None
        assert (named.cause, named.trace) == (slug, "/api/v1/handshakes/4f1c8e0a2b7d4c59")
        assert found is not None or slug == "tls-to-plaintext-port", slug  # this one is told by an alert
        assert found is None or found.software == "ws101 timers"


def test_a_page_of_a_proxys_own_says_nothing_of_the_application():
    own = [one for one in SIGNATURES if one.hop is Hop.PROXY and one.own]
    assert any(one.says is Says.ERROR for one in own)
    assert not [one.name for one in own if "application" in one.says.value]
