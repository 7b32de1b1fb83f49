import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_sending
from causes.connecting import TLS_1_3, tls_failed
from ws101.attempt import Aftermath, Attempt, Ending, ForwardProxy, Layer, Sending
from ws101.handshake.answer import Breach
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request

SWITCHED = make_attempt(answer=make_answer(101))
BREACH = Breach("it is wrong", "RFC 6455, 4.1")


def test_a_101_that_stays_open_works():
    assert SWITCHED.works
    assert replace(SWITCHED, aftermath=Aftermath(0.3, pong=True)).works


@pytest.mark.parametrize(
    "attempt",
    [
        make_attempt(answer=make_answer(200)),
        make_attempt(answer=make_answer(400)),
        make_attempt(),
        replace(SWITCHED, breaches=(BREACH,)),
        replace(SWITCHED, aftermath=Aftermath(0.3, closed_after=0.1)),
        replace(SWITCHED, aftermath=Aftermath(0.3, closed_after=0.0, close_code=1000)),
        replace(SWITCHED, aftermath=Aftermath(0.3, breaches=(BREACH,))),
    ],
)
def test_anything_else_does_not(attempt):
    assert not attempt.works


def test_a_101_was_met_whether_or_not_it_can_be_kept():
    assert replace(SWITCHED, breaches=(BREACH,)).upgraded
    assert not make_attempt(answer=make_answer(200)).upgraded
    assert make_attempt().status is None


@pytest.mark.parametrize(
    ("attempt", "met"),
    [
        (replace(SWITCHED, tls=TLS_1_3), True),
        (tls_failed(code=10), True),
        (tls_failed("TLSV1_UNRECOGNIZED_NAME"), True),
        (tls_failed("WRONG_VERSION_NUMBER"), False),
        (SWITCHED, False),
    ],
)
def test_a_tls_peer_was_met_even_where_it_or_we_refused(attempt, met):
    assert attempt.met_tls == met


def test_the_scheme_follows_tls():
    assert (make_sending().scheme, make_sending(tls=False).scheme) == ("wss", "ws")


def test_asking_changes_the_request_alone():
    sending = make_sending()
    assert sending.asking(Request("/other")) == replace(sending, request=Request("/other"))


def test_no_repr_holds_a_secret():
    secret = "hunter2-hunter2"
    request = Request(
        f"/ws?token={secret}", Headers.of([("Authorization", f"Bearer {secret}")]), body=secret.encode()
    )
    proxy = ForwardProxy("proxy.test", 3128, tls=False, authorization=f"Basic {secret}", given_by="--proxy")
    attempt = Attempt(
        "baseline",
        Sending("h.test", 80, request, forward_proxy=proxy),
        Layer.HTTP,
        Ending.ANSWERED,
        sent=secret.encode(),
        answer=replace(
            make_answer(400, secret, {"Set-Cookie": secret}),
            reason=secret,
            raw=secret.encode(),
            rest=secret.encode(),
        ),
        aftermath=Aftermath(1.0, close_reason=secret, first_bytes=secret.encode()),
    )
    assert secret not in repr(attempt)


REFUSED_INSIDE = b"HTTP/1.1 401 UNAUTHORIZED\r\nContent-Length: 2\r\n\r\nno"


@pytest.mark.parametrize("before", [b"", b"\x8a\x05ws101"])
def test_an_answer_inside_the_stream_is_the_refusal(before):
    aftermath = Aftermath(0.3, first_bytes=before + REFUSED_INSIDE, breaches=(BREACH,))
    assert replace(SWITCHED, aftermath=aftermath).refusal.status == 401


@pytest.mark.parametrize(
    "aftermath",
    [
        None,
        Aftermath(0.3, pong=True),
        Aftermath(0.3, first_bytes=REFUSED_INSIDE),  # in a frame of text, as it may stand there
        Aftermath(0.3, 0.01, 4401, first_bytes=b"\x88\x02\x111" + REFUSED_INSIDE, breaches=(BREACH,)),
        Aftermath(0.3, first_bytes=b"hello", breaches=(BREACH,)),
        Aftermath(0.3, first_bytes=b"HTTP/1.", breaches=(BREACH,)),
    ],
)
def test_what_is_no_answer_inside_the_stream_leaves_the_101(aftermath):
    met = replace(SWITCHED, aftermath=aftermath)
    assert met.refusal is met.answer
