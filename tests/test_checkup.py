"""How long experiments may take, which follows from what the baseline took."""

import pytest
from msgspec.structs import replace

from ws101.attempt import Attempt, Ending, Layer, Sending, Timings, TlsSettings
from ws101.checkup import Examination
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.request import opening
from ws101.question import Question
from ws101.terms import Family

PLAIN = Sending("h.test", 80, opening("h.test", "/", "k"))
OVER_TLS = replace(PLAIN, tls=TlsSettings("h.test", "h.test"))


def limits(there: Sending, sent: Sending = PLAIN, *, status: int = 400, took: float = 40.0):
    """The limits of an experiment after a baseline that took so many milliseconds."""
    examination = Examination(Question("ws://h.test/"), lambda _: None)
    answer = Answer(Kind.HTTP, b"", status=status)
    baseline = Attempt(
        "baseline",
        sent,
        Layer.HTTP,
        Ending.ANSWERED,
        Family.BASELINE,
        answer=answer,
        timings=Timings(done=took),
    )
    examination.stages = [replace(examination.stages[0], baseline=baseline)]
    return examination.limits, examination._limits(0, there)


def test_a_pong_is_enough_behind_a_refusal_alone():
    usual, refused = limits(PLAIN, status=400)
    assert refused.after_pong < usual.after_pong
    assert refused.linger == usual.linger
    assert limits(PLAIN, status=101)[1].after_pong == usual.linger


@pytest.mark.parametrize(("took", "within"), [(1.0, 0.4), (200.0, 0.6), (400.0, 1.2), (60_000.0, 5.0)])
def test_tls_where_plain_http_was_answered_waits_by_what_that_took(took, within):
    assert limits(OVER_TLS, took=took)[1].tls == within


@pytest.mark.parametrize(
    ("there", "sent"),
    [
        (OVER_TLS, OVER_TLS),
        (PLAIN, PLAIN),
        (replace(OVER_TLS, host="direct.test"), PLAIN),
        (replace(OVER_TLS, port=1), PLAIN),
    ],
)
def test_other_ways_wait_as_long_as_the_baseline(there, sent):
    usual, given = limits(there, sent)
    assert (given.tls, given.answer, given.connect) == (usual.tls, usual.answer, usual.connect)
