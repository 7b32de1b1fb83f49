"""Every cause judges whatever was seen: it answers one of three rulings, and tells only what was looked at."""

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from causes.building import (
    HOST,
    make_answer,
    make_attempt,
    make_evidence,
    make_refusal,
    make_request,
    make_sending,
)
from causes.connecting import NOW, TLS_1_3, dialled, make_certificate, make_look, tls_failed
from causes.recorded import DIRECT
from signatures.test_signatures import RECORDINGS
from ws101 import experiments
from ws101.attempt import Aftermath, Attempt, Ending, ForwardProxy, Layer
from ws101.cause import RuledOut, Ruling, Supported, Unknown
from ws101.causes import BY_SLUG, CAUSES
from ws101.evidence import Evidence
from ws101.handshake.answer import NOTHING, Answer, Kind
from ws101.observed import TlsLook, TrustFile
from ws101.signature import Says
from ws101.terms import Certainty
from ws101.tokens.read import read

TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJuMGJvZHkiLCJleHAiOjF9."  # unsigned, and expired since 1970
OF_A_WORKING_HANDSHAKE = {"subprotocol-mismatch", "one-address-broken"}  # what another client would not bear

WORKS = make_answer(101)
BROKEN = (
    make_answer(101, headers={"Upgrade": ""}),
    make_answer(101, headers={"Connection": "close"}),
    make_answer(101, headers={"Sec-WebSocket-Accept": ""}),
    make_answer(101, headers={"Sec-WebSocket-Protocol": "unasked"}),
    make_answer(101, headers={"Sec-WebSocket-Extensions": "unasked"}),
)
NO_HTTP = (
    Answer(Kind.TLS_ALERT, raw=b"\x15\x03\x03\x00\x02\x02\x28", service="handshake_failure"),
    Answer(Kind.TLS, raw=b"\x16\x03\x03"),
    Answer(Kind.HTTP2, raw=b"\x00\x00\x12\x04"),
    Answer(Kind.BANNER, raw=b"SSH-2.0", service="SSH"),
    Answer(Kind.UNKNOWN, raw=b"?"),
)
REDIRECTS = tuple(
    make_answer(status, headers={"Location": place})
    for status in (301, 302, 307, 308)
    for place in ("", "/ws/", f"https://{HOST}/ws", "http://[", "https://login.test/?next=/ws")
)
GATEWAYS = {
    Says.UPSTREAM_DOWN,
    Says.UPSTREAM_TIMEOUT,
}  # said by proxies alone, which the made-up server is not
SAID = tuple(make_refusal(403, says) for says in Says if says not in GATEWAYS)
REFUSAL = make_answer(403)
RECORDED = tuple(recording.answer for recording in RECORDINGS)
STATUSES = tuple(make_answer(status) for status in range(200, 600))
ANSWERS = (WORKS, *BROKEN, *NO_HTTP, *REDIRECTS, *SAID, *RECORDED, NOTHING, *STATUSES[::7])

FULL = make_request(
    ("Host", f"{HOST}:8443"),
    ("Authorization", f"Bearer {TOKEN}"),
    ("Origin", "https://app.test"),
    ("Sec-WebSocket-Protocol", "chat"),
    ("Cookie", f"session={'c' * 5000}"),
    ("X-Forwarded-For", "192.0.2.1"),
    target=f"/socket.io//Ws?EIO=3&sid=1&token={TOKEN}",
)
REQUESTS = {
    "plain": make_request(),
    "token in a header": make_request(("Authorization", f"Bearer {TOKEN}")),
    "token in the query": make_request(target=f"/ws?token={TOKEN}"),
    "token as a subprotocol": make_request(("Sec-WebSocket-Protocol", f"bearer, {TOKEN}")),
    "token in a cookie": make_request(("Cookie", f"token={TOKEN}")),
    "name and password": make_request(("Authorization", "Basic bjpw")),
    "everything": FULL,
    "no Host": make_request(without=["Host"]),
    "no upgrade": make_request(without=["Upgrade", "Connection"]),
    "keep-alive": make_request(("Connection", "keep-alive")),
    "a short key": make_request(("Sec-WebSocket-Key", "c2hvcnQ=")),
    "version 8": make_request(("Sec-WebSocket-Version", "8")),
    "HTTP/1.0": make_request(version="HTTP/1.0"),
    "Engine.IO": make_request(target="/socket.io/"),
}
FORWARD = ForwardProxy("proxy.test", 3128, tls=False, authorization=None, given_by="HTTPS_PROXY")
OLD = make_certificate(names=("other.test",), since=NOW - 9e6, until=NOW - 1e6)


def check(evidence: Evidence) -> dict[str, Ruling]:
    """Let every cause judge, and check what holds for every ruling."""
    rulings = {cause.slug: cause.judge(evidence) for cause in CAUSES}
    for slug, ruling in rulings.items():
        assert isinstance(ruling, Supported | RuledOut | Unknown), slug
        for text in _texts(ruling):
            assert text.strip() == text != "", slug
            assert not text.endswith("."), (slug, text)
            assert TOKEN not in text, slug
        assert _experiments(ruling) <= set(evidence.attempts), (slug, ruling)
        if isinstance(ruling, Supported):
            _check_supported(slug, ruling, evidence)
    return rulings


def _check_supported(slug: str, ruling: Supported, evidence: Evidence) -> None:
    assert ruling.facts, slug
    assert ruling.certainty in set(Certainty), slug
    assert not ruling.behind or ruling.behind in BY_SLUG, slug
    if evidence.works and evidence.saw is None:
        assert slug in OF_A_WORKING_HANDSHAKE
    if ruling.certainty is Certainty.PROVEN:
        assert any(evidence.moves(name) for name in _experiments(ruling)), (slug, "proven without a flip")


def _texts(ruling: Ruling) -> Iterator[str]:
    if isinstance(ruling, Supported):
        yield from (text for fact in ruling.facts for text in (fact.text, fact.source))
        yield from (ruling.remedy.text.rstrip("."),) if ruling.remedy else ()
    else:
        yield ruling.why if isinstance(ruling, RuledOut) else ruling.need


def _experiments(ruling: Ruling) -> set[str]:
    if isinstance(ruling, Supported):
        sources = [fact.source for fact in ruling.facts if fact.source.startswith("experiment")]
        return {name for source in sources for name in source.partition(" ")[2].split(", ")}
    return {ruling.experiment} - {""} if isinstance(ruling, RuledOut) else set()


def evidence_of(
    answer: Answer, request: str = "plain", results: dict[str, Answer] | None = None, **fields: object
) -> Evidence:
    sending = make_sending(REQUESTS[request], tls=bool(fields.pop("tls", True)))
    token = read(sending.request, None, None, NOW)
    baseline = make_attempt(answer=answer, sending=sending)
    return make_evidence(baseline, results, **{"token": token, "direct": DIRECT, **fields})


@cache
def possible(request: str, *, works: bool) -> tuple[str, ...]:
    """Return the experiments that can be sent after this request."""
    evidence = evidence_of(WORKS if works else make_answer(503), request)
    tables = (
        experiments.CONTROLS,
        experiments.REPAIRS,
        experiments.AT_THE_SERVER,
        experiments.REPAIRS_OF_TLS,
    )
    known = [e for table in ((experiments.DAMAGES,) if works else tables) for e in table]
    if not works:
        known += experiments.for_user_fields(evidence.sending)
    applied = {
        e.name: e.apply(evidence.sending, evidence)
        for e in known
        if e.name not in {"repeat", "redirect-target"}
    }
    late = {"fresh-token", "expired-token", "after-pause", "host-of-certificate", "engineio-parameters"}
    return tuple(name for name, sending in applied.items() if sending is not None and name not in late)


# ---- one thing at a time


def test_nobody_looked_is_not_innocent():
    rulings = check(make_evidence(None))
    assert not [slug for slug, ruling in rulings.items() if isinstance(ruling, Supported)]
    cleared = {slug: ruling.why for slug, ruling in rulings.items() if isinstance(ruling, RuledOut)}
    assert not [slug for slug, why in cleared.items() if "works" in why or "answer" in why or "101" in why], (
        cleared
    )


@pytest.mark.parametrize("layer", Layer)
@pytest.mark.parametrize("ending", Ending)
def test_a_connection_that_ends_without_an_answer(layer, ending):
    for tls in (True, False):
        baseline = make_attempt(sending=make_sending(tls=tls), layer=layer, ending=ending)
        check(make_evidence(baseline))
        further = {"malformed-host": RECORDED[0], "plain-get": NOTHING, "nonsense-path": WORKS}
        check(make_evidence(baseline, further, **dialled(("192.0.2.1", ending), ("192.0.2.2", None))))
        check(make_evidence(replace(baseline, sending=replace(baseline.sending, forward_proxy=FORWARD))))


@pytest.mark.parametrize(
    "error", ["", "WRONG_VERSION_NUMBER", "TLSV1_ALERT_PROTOCOL_VERSION", "CERTIFICATE_VERIFY_FAILED"]
)
@pytest.mark.parametrize("code", [None, 9, 10, 18, 19, 20, 21, 62, 64])
@pytest.mark.parametrize(
    "look",
    [
        None,
        TlsLook(None, (), "UNEXPECTED_EOF"),
        make_look(),
        make_look(OLD),
        make_look(make_certificate(), whole=False),
    ],
    ids=["none", "failed", "empty", "old", "cut"],
)
def test_tls_that_fails(error, code, look):
    trust = TrustFile("ca.pem", (OLD,)) if code else None
    check(make_evidence(tls_failed(error, code=code), look=look, trust_file=trust))


@pytest.mark.parametrize(
    "answer", [*BROKEN, *NO_HTTP, *REDIRECTS, *SAID], ids=lambda a: f"{a.status or a.kind.value}"
)
@pytest.mark.parametrize("tls", [True, False], ids=["wss", "ws"])
def test_an_answer_that_is_no_101_to_keep(answer, tls):
    check(evidence_of(answer, tls=tls))


@pytest.mark.parametrize(
    "aftermath",
    [
        Aftermath(0.3, pong=True),
        Aftermath(0.1, 0.01, 1008, "no"),
        Aftermath(0.1, 0.01, 4401),
        Aftermath(1.0, 1.0),
        Aftermath(60.0, 60.0),
        Aftermath(90.0),
    ],
)
def test_what_happens_after_a_101(aftermath):
    check(make_evidence(make_attempt(answer=WORKS, aftermath=aftermath)))


def test_every_status():
    for answer in STATUSES:
        rulings = check(evidence_of(answer))
        proven = [
            slug
            for slug, r in rulings.items()
            if isinstance(r, Supported) and r.certainty is Certainty.PROVEN
        ]
        assert not proven, (answer.status, "proven by a status alone")


@pytest.mark.parametrize("request_", REQUESTS)
def test_every_request(request_):
    for answer in (WORKS, *STATUSES[:300:100], make_answer(401), make_answer(426), make_answer(500), NOTHING):
        check(evidence_of(answer, request_))


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: r.seen)
def test_every_recorded_answer(recording):
    nginx = {"malformed-host": make_answer(400, headers={"Server": "nginx"})}
    check(evidence_of(recording.answer, "token in a header", nginx))
    same = dict.fromkeys(
        ("plain-get", "version-99", "nonsense-path", "foreign-host", "direct"), recording.answer
    )
    check(evidence_of(recording.answer, "everything", {**nginx, **same}))


@pytest.mark.parametrize("request_", ["plain", "everything"])
def test_every_experiment_alone(request_):
    for name in possible(request_, works=False):
        for result in (WORKS, REFUSAL, make_answer(404), NOTHING):
            check(evidence_of(REFUSAL, request_, {name: result}))


@pytest.mark.parametrize("saw", [None, 101, 200, 400, 401, 403, 404, 426, 431, 502])
def test_a_handshake_that_works(saw):
    check(evidence_of(WORKS, "everything", saw=saw))
    names = possible("everything", works=True)
    for status in (400, 401, 403, 404, 426):
        check(evidence_of(WORKS, "everything", dict.fromkeys(names, make_answer(status)), saw=saw))


# ---- all at once


@st.composite
def cases(draw: st.DrawFn) -> Evidence:
    request = draw(st.sampled_from(list(REQUESTS)))
    answer = draw(st.sampled_from(ANSWERS))
    names = possible(request, works=answer.status == 101 and answer not in BROKEN)
    chosen = draw(st.lists(st.sampled_from(names), max_size=8, unique=True))
    results = {name: draw(st.sampled_from((answer, *ANSWERS))) for name in ("repeat", *chosen)}
    evidence = evidence_of(
        answer, request, results, saw=draw(st.sampled_from((None, 400, 401, 403, 404, 502)))
    )
    look = draw(st.sampled_from((None, make_look(OLD), make_look(make_certificate()))))
    ended = {name: _ended(draw, attempt) for name, attempt in evidence.attempts.items()}
    return replace(
        evidence, attempts=ended, look=look, overcome=draw(st.sampled_from(((), ("tls-instead",))))
    )


def _ended(draw: st.DrawFn, attempt: Attempt) -> Attempt:
    """Return the attempt as it is, or ended at some layer without an answer."""
    layer = draw(st.sampled_from((None, None, None, *Layer)))
    if layer is None:
        return replace(attempt, tls=TLS_1_3 if attempt.sending.tls else None)
    ending = draw(st.sampled_from([ending for ending in Ending if ending is not Ending.ANSWERED]))
    return replace(attempt, layer=layer, ending=ending, answer=NOTHING, breaches=())


@settings(deadline=None)
@given(cases())
def test_whatever_was_seen(evidence):
    check(evidence)


# ---- what stands in the table


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.slug)
def test_a_cause_says_what_to_do(cause):
    assert not cause.title.endswith(".")
    assert cause.remedy.text.strip()
    patch = cause.remedy.patch
    assert patch is None or (patch.strip() and "…" not in patch), "what is pasted must be whole"
