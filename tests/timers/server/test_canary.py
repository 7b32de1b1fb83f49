"""No secret of a handshake reaches the log, a trace, a count or an answer, wherever a client puts it."""

import json

import msgspec
import pytest

from timers.server.house import PATIENCE, open_house
from ws101.handshake.frames import build_frame
from ws101.handshake.request import build
from ws101.timers.admission import PATH

MASK = b"\x01\x02\x03\x04"

# Where a client may put what it has; a secret without a form of its own is looked for where its place says what it is.
ANYWHERE = [
    lambda s: [("X-Debug", s)],
    lambda s: [("X-Debug", f"so {s} it is")],
    lambda s: [("User-Agent", s)],
    lambda s: [("Origin", f"https://{s}")],
    lambda s: [("Sec-WebSocket-Key", s)],
    lambda s: [(s, "x")],
]
MARKED = [
    lambda s: [("Authorization", f"Bearer {s}")],
    lambda s: [("Authorization", f"bearer  {s}")],
    lambda s: [("Authorization", s)],
    lambda s: [("Authorization", f'Bearer "{s}"')],
    lambda s: [("Authorization", f"Basic {s}")],
    lambda s: [("Authorization", f"Bearer {s}"), ("Authorization", f"Bearer {s}")],
    lambda s: [("Authorization ", f"Bearer {s}")],
    lambda s: [("Proxy-Authorization", f"Bearer {s}")],
    lambda s: [("X-Access-Token", s)],
    lambda s: [("Cookie", f"theme=dark; session={s}")],
    lambda s: [("Cookie", s)],
    lambda s: [("Sec-WebSocket-Protocol", f"bearer, {s}")],
    lambda s: [("Referer", f"https://app.test/?ticket={s}&x=1")],
    lambda s: [("X-Original-URI", f"/a?access_token={s}")],
]
TARGETS = ["?ticket={}", "?token={}", "?a=b&access_token={}", "?%74icket={}", "?jwt={}&ticket={}"]


@pytest.fixture(scope="module", params=["text", "json"])
def house(request, tmp_path_factory):
    with open_house(tmp_path_factory.mktemp("service"), log=request.param) as house:
        yield house


def heads(house, good, secret, *, formed):
    """Yield a handshake for each place."""
    places = [*MARKED, *(ANYWHERE if formed else [])]
    for place in places:
        yield build(house.handshake(*place(secret)))
        yield build(house.handshake(("Authorization", f"Bearer {good}"), *place(secret)))
    for target in TARGETS:
        yield build(house.handshake(target=PATH + target.replace("{}", secret)))
    if formed:
        yield build(house.handshake(target=f"{PATH}/{secret}"))
        yield f"{secret}\r\n\r\n".encode()
        yield f"GET {PATH}\r\n{secret}\r\n\r\n".encode()
    yield f"GET {PATH} HTTP/1.1\r\n Authorization: Bearer {secret}\r\n\r\n".encode()
    yield f"POST {PATH}?ticket={secret} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {secret}\r\n\r\n".encode()
    yield f"GET /else?ticket={secret} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nCookie: a={secret}\r\n\r\n".encode()
    yield b"\x16\x03\x01\x00\x10" + f"Authorization: Bearer {secret}\r\n\r\n".encode()


def test_no_secret_of_a_handshake_is_told_anywhere(house):
    token = house.user("ann")
    user = house.ask(lambda: house.parts.verifier.verify(token, house.parts.clock.now())).user
    ticket = house.ask(
        lambda: house.parts.tickets.issue(house.parts.verifier.verify(token, house.parts.clock.now()))
    )[0]
    _, claims, signature = token.split(".")
    forged = f"{token[:-8]}AAAAAAAA"
    told = []
    for secret, formed in (
        (forged, True),
        (token, True),
        (ticket, False),
        ("0paque-S3cret-0123456789", False),
    ):
        told += [house.send(head).raw for head in heads(house, token, secret, formed=formed)]
    attempts = house.ask(lambda: list(house.parts.traces._order))
    assert len(attempts) > 100
    told += [
        msgspec.json.encode(
            house.ask(lambda a=attempt: house.parts.traces.find(a.trace_id, user, admin=True))
        )
        for attempt in attempts
    ]
    told.append(house.ask(house.parts.metrics.text))
    house.ask(house.parts.logs._flush)
    house.ask(lambda: _written(house))
    log = house.log.getvalue()
    assert len(log) > 20_000
    told.append(log.encode())
    for secret in (token, claims, signature, signature[:-8], ticket, "0paque-S3cret-0123456789"):
        for text in told:
            assert secret.encode() not in text, (secret, text)


async def _written(house):
    import asyncio

    async with asyncio.timeout(PATIENCE):
        while house.parts.logs._pen.waiting:  # noqa: ASYNC110 - a thread writes
            await asyncio.sleep(0.01)


def test_what_is_said_on_a_socket_is_not_told(house):
    token = house.user("bob")
    said = json.dumps({"type": "Nonsense", "secret": "said-0123456789"}).encode()
    with house.connect() as peer:
        peer.sendall(
            build(house.handshake(("Authorization", f"Bearer {token}"))) + build_frame(1, said, MASK)
        )
        data = b""
        while b"message-malformed" not in data:
            piece = peer.recv(65_536)
            assert piece, data
            data += piece
    house.ask(house.parts.logs._flush)
    house.ask(lambda: _written(house))
    assert "message-malformed" in house.log.getvalue()
    assert "said-0123456789" not in house.log.getvalue() + data.decode("latin-1")
