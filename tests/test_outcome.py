"""Two answers to the same question are the same answer, whatever changes from request to request; others are not."""

import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_request, make_sending
from causes.connecting import banner, ended, of_kind, tls_failed
from ws101.attempt import Aftermath, Ending, Layer
from ws101.handshake.answer import Kind
from ws101.outcome import alike, kin

REFUSED = make_answer(400, "no such route")


def refusal(body="", status=400, *, target="/ws", **headers):
    """Return an attempt; header names are written with underscores."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return make_attempt(
        answer=make_answer(status, body, fields), sending=make_sending(make_request(target=target))
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (refusal(Date="Mon, 01 Jan 2024 00:00:00 GMT"), refusal(Date="Tue, 02 Jan 2024 00:00:01 GMT")),
        (refusal(Content_Length="10"), refusal()),
        (refusal(Set_Cookie="a=1"), refusal(Set_Cookie="b=2", CF_Ray="77-FRA")),
        (refusal("request 4711 refused"), refusal("request 4712 refused")),
        (refusal("id 1f0c9d2e-77ab"), refusal("id 9e8d7c6b-00ff")),
        (refusal("Cannot GET /a/b", target="/a/b"), refusal("Cannot GET /c", target="/c")),
        (refusal("no /a?x=y here", target="/a?x=y"), refusal("no /b here", target="/b")),
        (refusal(Location="/login?state=abc1"), refusal(Location="/login?state=xyz2")),
        (make_attempt(ending=Ending.RESET), make_attempt(ending=Ending.CLOSED)),
        (make_attempt(answer=make_answer(101)), make_attempt(answer=make_answer(101, headers={"Date": "x"}))),
        (tls_failed(code=10), tls_failed(code=10, detail="in other words")),
        (make_attempt(answer=banner("SSH")), make_attempt(answer=banner("SSH"))),
    ],
)
def test_alike(one, other):
    assert alike(one, other)
    assert alike(other, one)


def closed(code, **more):
    return make_attempt(
        answer=make_answer(101), aftermath=Aftermath(1.0, closed_after=0.1, close_code=code, **more)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (refusal(), refusal(status=401)),
        (refusal("no such route"), refusal("no such user")),
        (refusal(Server="nginx"), refusal(Server="envoy")),
        (refusal(), refusal(WWW_Authenticate="Bearer")),
        (refusal(Location="/login"), refusal(Location="/ws/")),
        (
            make_attempt(answer=replace(REFUSED, reason="Bad Request")),
            make_attempt(answer=replace(REFUSED, reason="Nope")),
        ),
        (make_attempt(answer=make_answer(101)), closed(1008)),
        (closed(1008), closed(4401)),
        (
            make_attempt(answer=make_answer(101)),
            make_attempt(answer=make_answer(101, headers={"Upgrade": "h2c"})),
        ),
        (make_attempt(answer=make_answer(101)), refusal()),
        (make_attempt(ending=Ending.CLOSED), make_attempt(ending=Ending.SILENT)),
        (tls_failed(code=10), tls_failed(code=18)),
        (tls_failed("WRONG_VERSION_NUMBER"), tls_failed("TLSV1_UNRECOGNIZED_NAME")),
        (ended(Layer.TCP, Ending.CLOSED), ended(Layer.TLS, Ending.CLOSED)),
        (make_attempt(answer=banner("SSH")), make_attempt(answer=banner("SMTP"))),
        (make_attempt(answer=of_kind(Kind.TLS_ALERT)), make_attempt(answer=of_kind(Kind.UNKNOWN))),
    ],
)
def test_not_alike(one, other):
    assert not alike(one, other)
    assert not alike(other, one)


def test_what_a_proxy_passes_on_is_kin_though_it_adds_fields():
    assert kin(refusal("no such route"), refusal("no such route", Via="1.1 proxy", Server="nginx"))
    assert not kin(refusal("no such route"), refusal("no such user"))
    assert not kin(refusal("no"), refusal("no", status=404))


def test_only_answers_are_kin():
    silent = make_attempt(ending=Ending.SILENT)
    assert not kin(silent, silent)
    assert not kin(make_attempt(answer=banner("SSH")), make_attempt(answer=banner("SSH")))
