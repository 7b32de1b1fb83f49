"""Every way to be refused, by real bytes to a real port: the status, the document, the headers, the trace and the log."""

import json

import pytest
from msgspec import Struct, field

from timers.server.house import KEY, House, open_house
from ws101.causes import BY_SLUG
from ws101.handshake.request import build
from ws101.timers.problem import REFUSALS, Retry


class People(Struct):
    house: House
    good: str
    user: str
    session: str
    locked: str
    gone: str
    made: list = field(default_factory=list)


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    with open_house(tmp_path_factory.mktemp("service"), origins=("https://app.test",)) as house:
        good, locked, gone = house.user("good"), house.user("locked"), house.user("gone")
        identity = house.ask(lambda: house.parts.verifier.verify(good, house.parts.clock.now()))
        for token, act in (
            (locked, lambda u: house.parts.accounts.set_locked(u, locked=True)),
            (gone, house.parts.accounts.delete),
        ):
            user = house.ask(
                lambda token=token: house.parts.verifier.verify(token, house.parts.clock.now())
            ).user
            house.ask(lambda act=act, user=user: act(user))
        yield People(house, good, identity.user, identity.session, locked, gone)


def bearer(token):
    return ("Authorization", f"Bearer {token}")


def shake(*fields, **changed):
    """Return what makes a handshake that is good but for these fields."""
    return lambda p: p.house.handshake(bearer(p.good), *fields, **changed)


def without(*names, add=()):
    def make(p):
        request = p.house.handshake(bearer(p.good), *add)
        return request.with_headers(request.headers.without(*names))

    return make


def with_token(token):
    return lambda p: p.house.handshake(bearer(token(p)))


def line(text, *fields):
    """Return what sends a request line of its own before the fields of a good handshake."""

    def make(p):
        head = build(p.house.handshake(bearer(p.good), *fields))
        return text + b"\r\n" + head.partition(b"\r\n")[2]

    return make


def forged(header):
    import base64

    segment = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return with_token(lambda p: ".".join([segment, *p.good.split(".")[1:]]))


PATH = b"/api/v1/timers/notifications"
CASES = [
    ("method-not-get", shake(method="POST"), "POST"),
    ("method-not-get", shake(method="HEAD"), None),
    ("method-not-get", line(b"PUT " + PATH + b" HTTP/1.1"), "PUT"),
    ("http-version-too-old", shake(version="HTTP/1.0"), "HTTP/1.0"),
    ("http-version-too-old", shake(("X-Forwarded-For", "192.0.2.1"), version="HTTP/1.0"), "X-Forwarded-For"),
    ("wrong-path", shake(target="/api/v1/timers/notifications/"), "/api/v1/timers/notifications/"),
    ("wrong-path", shake(target="/socket"), "/socket"),
    ("proxy-drops-upgrade-headers", without("Upgrade", "Connection"), "Upgrade is missing and Connection is missing"),
    ("proxy-drops-upgrade-headers", without("Upgrade"), "Upgrade is missing, while Sec-WebSocket-Key arrived"),
    ("proxy-drops-upgrade-headers", without("Upgrade", add=[("Connection", "close"), ("Via", "1.1 edge")]), "it added Via"),
    ("upgrade-header-missing", without("Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"), "Neither Upgrade"),
    ("upgrade-header-missing", shake(("Upgrade", "h2c")), "h2c"),
    ("connection-header-lacks-upgrade", shake(("Connection", "keep-alive")), "keep-alive"),
    ("connection-header-lacks-upgrade", without("Connection"), "Connection is missing"),
    ("websocket-version-unsupported", shake(("Sec-WebSocket-Version", "8")), '"8"'),
    ("websocket-version-unsupported", without("Sec-WebSocket-Version"), "missing"),
    ("websocket-key-invalid", shake(("Sec-WebSocket-Key", "SGVsbG8sIHdvcmxkIQ==")), "13 bytes"),
    ("websocket-key-invalid", without("Sec-WebSocket-Key"), "missing"),
    ("header-duplicated", shake(("Sec-WebSocket-Key", KEY), ("Sec-WebSocket-Key", KEY)), "Sec-WebSocket-Key"),
    ("header-duplicated", lambda p: p.house.handshake(bearer(p.good), bearer(p.good)), "Authorization"),
    ("header-duplicated", shake(("Host", "a"), ("Host", "b")), "Host"),
    ("header-malformed", shake(("X One", "1")), "X One"),
    ("header-malformed", without("Host"), "Host is missing"),
    ("header-malformed", shake(("Host", "a b")), "Host"),
    ("header-malformed", shake(("Sec-WebSocket-Extensions", "")), "Sec-WebSocket-Extensions"),
    ("header-malformed", line(b"GET " + PATH), "HTTP/1.1 is expected"),
    ("header-malformed", lambda p: b"hello\r\n\r\n", "no HTTP"),
    ("header-malformed", lambda p: b"\x00\x01\x02", "no HTTP"),
    ("body-on-upgrade", shake(("Content-Length", "5"), body=b"hello"), "Content-Length"),
    ("body-on-upgrade", shake(("Transfer-Encoding", "chunked")), "Transfer-Encoding"),
    ("request-header-too-large", shake(("X-Large", "x" * 20_000)), "16384 bytes"),
    ("origin-rejected", shake(("Origin", "https://evil.test")), "https://evil.test"),
    ("origin-rejected", shake(("Origin", "null")), "null"),
    ("subprotocol-mismatch", shake(("Sec-WebSocket-Protocol", "mqtt")), "Sec-WebSocket-Protocol"),
    ("token-missing", lambda p: p.house.handshake(), "Neither Authorization nor a ticket"),
    ("token-missing", with_token(lambda p: ""), "no token follows"),
    ("token-malformed", with_token(lambda p: "null"), "null"),
    ("token-malformed", with_token(lambda p: "undefined"), "undefined"),
    ("token-malformed", with_token(lambda p: f"Bearer {p.good}"), "twice"),
    ("token-malformed", with_token(lambda p: f'"{p.good}"'), "quotes"),
    ("token-malformed", lambda p: p.house.handshake(("Authorization", p.good)), "Bearer, a blank"),
    ("token-malformed", lambda p: p.house.handshake(("Authorization", "Basic YTpi")), "Basic"),
    ("token-malformed", with_token(lambda p: p.good.rpartition(".")[0]), "2 of the 3 parts"),
    ("token-in-wrong-place", lambda p: p.house.handshake(target=f"{PATH.decode()}?token={p.good}"), "the query"),
    ("token-in-wrong-place", lambda p: p.house.handshake(("Cookie", f"token={p.good}")), "cookie"),
    ("token-in-wrong-place", lambda p: p.house.handshake(("X-Auth-Token", p.good)), "another header"),
    ("token-in-wrong-place", lambda p: p.house.handshake(("Sec-WebSocket-Protocol", f"bearer, {p.good}")), "Sec-WebSocket-Protocol"),
    ("token-algorithm-refused", forged({"alg": "none", "typ": "at+jwt"}), "algorithm"),
    ("token-key-unknown", forged({"alg": "EdDSA", "kid": "nobody", "typ": "at+jwt"}), "kid"),
    ("token-signature-invalid", with_token(lambda p: p.good[:-8] + "AAAAAAAA"), "altered"),
    ("token-expired", with_token(lambda p: p.house.mint(p.user, p.session, now=1_000_000)), "expired"),
    ("token-expired", lambda p: p.house.handshake(target=f"{PATH.decode()}?ticket=never-was-one"), "ticket"),
    ("token-not-yet-valid", with_token(lambda p: p.house.mint(p.user, p.session, now=p.house.parts.clock.now() + 3_600_000)), "becomes valid"),
    ("token-audience-wrong", with_token(lambda p: p.house.mint(p.user, p.session, audience="other")), "takes tokens for"),
    ("token-issuer-wrong", with_token(lambda p: p.house.mint(p.user, p.session, issuer="other")), "takes tokens of"),
    ("token-user-unknown", with_token(lambda p: p.gone), "gone"),
    ("token-user-unknown", with_token(lambda p: p.house.mint(p.user, "no-session")), "signed out"),
    ("token-lacks-permission", with_token(lambda p: p.locked), "locked"),
    ("proxy-protocol-mismatch", lambda p: b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + build(p.house.handshake()), "PROXY"),
]  # fmt: skip

# What other tests make: limits and draining, ports that speak something else, and a service that fails.
ELSEWHERE = {
    "server-overloaded": "test_limits, test_run",
    "plaintext-to-tls-port": "test_listener",
    "tls-to-plaintext-port": "test_listener",
    "upgrade-sent-over-http2": "test_listener",
    "server-error": "test_listener",
}


def _named(case):
    return case if isinstance(case, str) else ""


@pytest.mark.parametrize(
    ("cause", "make", "told"), CASES, ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES)]
)
def test_a_refusal_says_what_and_who_and_when(people, cause, make, told):
    house, request = people.house, make(people)
    heard = house.send(request)
    refusal = REFUSALS[cause]
    assert heard.status == refusal.status
    assert "close" in heard.fields["connection"]
    trace_id = heard.fields["x-request-id"]
    if told is not None:  # HEAD has no body
        problem = heard.problem
        assert heard.cause == cause
        assert told in problem["detail"]
        assert problem["traceId"] == trace_id
        assert (problem["retry"], problem["actor"]) == (refusal.retry, refusal.actor)
        assert ("retryAfter" in problem) == (refusal.retry is Retry.AFTER)
    _carries_what_its_status_demands(heard)
    _shows_no_secret(heard, people)
    kept = house.ask(lambda: house.parts.traces.find(trace_id, "nobody", admin=True))
    assert (kept.cause, kept.outcome, kept.status) == (cause, "refused", refusal.status)


def _carries_what_its_status_demands(heard):
    demanded = {401: "www-authenticate", 405: "allow", 426: "upgrade"}.get(heard.status)
    if demanded:
        assert heard.fields[demanded]
    if heard.status == 401:
        assert heard.fields["www-authenticate"].startswith('Bearer realm="ws101-timers"')
    if heard.status == 426:
        assert heard.fields["sec-websocket-version"] == "13"
        assert "Upgrade" in heard.fields["connection"]


def _shows_no_secret(heard, people):
    for token in (people.good, people.locked, people.gone):
        assert token.encode() not in heard.raw
        assert token.rpartition(".")[2].encode() not in heard.raw


def test_no_refusal_is_left_out():
    assert {case[0] for case in CASES} | set(ELSEWHERE) == set(REFUSALS)
    assert not {case[0] for case in CASES} & set(ELSEWHERE)


@pytest.mark.parametrize("cause", REFUSALS)
def test_each_refusal_is_a_cause_that_the_doctor_knows(cause):
    assert cause in BY_SLUG


TAKEN = [
    shake(),
    shake(("Connection", "keep-alive, Upgrade")),
    shake(("Connection", "keep-alive"), ("Connection", "Upgrade")),
    shake(("Upgrade", "WebSocket")),
    shake(("Origin", "https://app.test")),
    lambda p: p.house.handshake(bearer(p.good), ("Origin", f"http://{p.house.host}")),
    shake(("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")),
    shake(("Content-Length", "0")),
    shake(("Cookie", "a=b"), ("Cookie", "c=d")),
    shake(("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-For", "192.0.2.2")),
    lambda p: p.house.handshake(("Authorization", f"bearer  {p.good}")),
    shake(target="/api/v1/timers/notifications?since=0&epoch=x&device=d"),
    line(b"GET http://h.test" + PATH + b" HTTP/1.1"),
]


@pytest.mark.parametrize("make", TAKEN, ids=map(str, range(len(TAKEN))))
def test_what_is_sound_is_let_in(people, make):
    heard = people.house.send(make(people))
    assert heard.status == 101, heard.raw
    assert heard.fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert heard.fields["x-request-id"]


def test_a_ticket_lets_in_once(people):
    house = people.house
    identity = house.ask(lambda: house.parts.verifier.verify(people.good, house.parts.clock.now()))
    ticket, _ = house.ask(lambda: house.parts.tickets.issue(identity))
    request = house.handshake(target=f"{PATH.decode()}?ticket={ticket}")
    assert house.send(request).status == 101
    assert house.send(request).cause == "token-expired"


@pytest.mark.parametrize("named", ["abcdefgh", "A-1._" * 20])
def test_the_clients_own_request_id_comes_back(people, named):
    house = people.house
    assert (
        house.send(house.handshake(bearer(people.good), ("X-Request-Id", named))).fields["x-request-id"]
        == named
    )
    assert house.send(house.handshake(("X-Request-Id", named))).problem["traceId"] == named


@pytest.mark.parametrize("named", ["short", "with blank in it", "x" * 129, 'quote"quote'])
def test_a_request_id_of_another_form_is_replaced(people, named):
    given = people.house.send(people.house.handshake(("X-Request-Id", named))).fields["x-request-id"]
    assert len(given) == 32
    assert int(given, 16)
