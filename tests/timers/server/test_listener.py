"""What comes on a connection first, and what becomes of it: on the plain port, under TLS, and on connections kept alive."""

import contextlib
import gc
import json
import re
import socket
import ssl
import struct
import time
from contextlib import contextmanager
from random import Random

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from timers.server.house import PATIENCE, hear, open_house
from ws101.handshake.frames import FrameReader, build_frame
from ws101.handshake.request import build
from ws101.lab import certificates
from ws101.timers.opening import Opening, sort
from ws101.timers.server.gate import Gate

PATH = "/api/v1/timers/notifications"
MASK = b"\x01\x02\x03\x04"
PING = build_frame(1, b'{"type":"Ping","clientTime":7}', MASK)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with open_house(tmp_path_factory.mktemp("plain")) as made:
        made.token = made.user("ann")
        yield made


@pytest.fixture(scope="module")
def tls_house(tmp_path_factory):
    good = certificates.directory()
    paths = {"tls_certificate": good / "good.pem", "tls_key": good / "good.key"}
    with open_house(tmp_path_factory.mktemp("tls"), **paths) as made:
        made.token = made.user("ann")
        yield made


def good(house, *fields, **changed):
    return build(house.handshake(("Authorization", f"Bearer {house.token}"), *fields, **changed))


@contextmanager
def secured(house):
    context = ssl.create_default_context(cafile=certificates.directory() / "root.pem")
    context.set_alpn_protocols(["http/1.1"])
    with house.connect() as bare, context.wrap_socket(bare, server_hostname="localhost") as peer:
        yield peer


def read_message(peer, rest=b""):
    reader = FrameReader()
    frames = reader.feed(rest)
    while not frames:
        chunk = peer.recv(4096)
        assert chunk, "the service closed"
        frames = reader.feed(chunk)
    return json.loads(frames[0].payload)


def wait_for(condition):
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.01)


# ---- handshakes


def test_a_handshake_may_come_byte_by_byte(house):
    with house.connect() as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in good(house):
            peer.sendall(bytes([byte]))
        assert hear(peer).status == 101


def test_what_comes_behind_a_handshake_is_its_first_message(house):
    with house.connect() as peer:
        peer.sendall(good(house) + PING)
        heard = hear(peer)
        assert heard.status == 101
        assert read_message(peer, heard.body)["clientTime"] == 7


def test_a_refusal_reaches_a_client_that_is_still_sending(house):
    with house.connect() as peer:
        peer.sendall(build(house.handshake(method="POST")) + b"x" * 200_000)
        assert hear(peer).cause == "method-not-get"


def test_what_is_open_is_counted_and_given_back(house):
    wait_for(lambda: house.parts.limits.open == 0)
    with house.connect() as peer:
        peer.sendall(good(house))
        assert hear(peer).status == 101
        wait_for(lambda: len(house.parts.hub) == 1)
        assert house.parts.limits.open == 1
    wait_for(lambda: house.parts.limits.open == 0)
    assert house.parts.limits.half_open == 0


def test_a_failure_of_the_services_own_is_answered_and_logged(house, monkeypatch):
    def fail(*_):
        raise RuntimeError("of the test")

    monkeypatch.setattr(house.parts.accounts, "standing", fail)
    heard = house.send(good(house))
    assert (heard.status, heard.cause) == (500, "server-error")
    assert heard.fields["retry-after"] == "5"
    assert b"of the test" not in heard.raw
    wait_for(lambda: any("RuntimeError" in str(line.get("error")) for line in house.log.lines()))


def test_a_fault_of_ours_costs_one_connection_alone(house, monkeypatch):
    decide = Gate.decide

    def fail_once(gate, raw, peer, *, tls):
        if b"X-Unlucky" in raw:
            raise RuntimeError("of the test")
        return decide(gate, raw, peer, tls=tls)

    monkeypatch.setattr(Gate, "decide", fail_once)
    peers = [house.connect() for _ in range(6)]
    try:
        for number, peer in enumerate(peers):
            peer.sendall(good(house, *([("X-Unlucky", "1")] if number == 2 else [])))
        assert peers[2].recv(100) == b""
        assert [hear(peer).status for number, peer in enumerate(peers) if number != 2] == [101] * 5
    finally:
        for peer in peers:
            peer.close()
    wait_for(lambda: any("RuntimeError" in str(line.get("error")) for line in house.log.lines()))


# ---- other protocols


def _hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


def _counted(house, cause):
    return f'cause="{cause}"' in house.parts.metrics.text().decode()


def _logged(house, cause):
    wait_for(lambda: any(line.get("cause") == cause for line in house.log.lines()))
    return next(line for line in house.log.lines() if line.get("cause") == cause)


def test_tls_on_the_plain_port_gets_an_alert_and_is_logged_as_what_it_is(house):
    heard = house.send(_hello())
    assert heard.raw[:3] == b"\x15\x03\x01"
    assert heard.raw[5] == 2, "fatal"
    assert "TLS" in _logged(house, "tls-to-plaintext-port")["reason"]
    assert _counted(house, "tls-to-plaintext-port")


def test_a_tls_client_on_the_plain_port_learns_that_the_handshake_failed(house):
    with house.connect() as bare, pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        ssl.create_default_context().wrap_socket(bare, server_hostname="localhost")


def test_http_2_is_told_to_speak_http_1(house):
    raw = house.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9)).raw
    assert raw[:9] == bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
    length = int.from_bytes(raw[9:12], "big")
    assert raw[12] == 7
    last, error = struct.unpack("!II", raw[18:26])
    assert (last, error) == (0, 0xD)
    assert b"HTTP/1.1" in raw[26 : 18 + length]
    assert _logged(house, "upgrade-sent-over-http2")["status"] == 0


@pytest.mark.parametrize("data", [b"", b"G", b"GET / HT", b"\x16", b"PRI * HT"])
def test_a_connection_that_ends_early_is_forgotten(house, data):
    with house.connect() as peer:
        peer.sendall(data)
    wait_for(lambda: house.parts.limits.half_open == 0)


# ---- HTTP


def rest(house, path="/health", *fields):
    lines = [f"GET {path} HTTP/1.1", f"Host: {house.host}", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_http_and_handshakes_share_a_connection(house):
    with house.connect() as peer:
        for _ in range(2):
            peer.sendall(rest(house))
            assert hear(peer).status == 200
        peer.sendall(good(house) + PING)
        heard = hear(peer)
        assert heard.status == 101
        assert read_message(peer, heard.body)["type"] == "Pong"


def test_a_later_handshake_may_come_byte_by_byte(house):
    with house.connect() as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.sendall(rest(house))
        assert hear(peer).status == 200
        head = good(house)
        for byte in head[:-1]:
            peer.sendall(bytes([byte]))
        peer.sendall(head[-1:] + PING)
        heard = hear(peer)
        assert heard.status == 101
        assert read_message(peer, heard.body)["type"] == "Pong"


def test_a_later_handshake_is_refused_like_a_first_one(house):
    with house.connect() as peer:
        peer.sendall(rest(house))
        assert hear(peer).status == 200
        peer.sendall(build(house.handshake(("Authorization", "Bearer null"))))
        heard = hear(peer)
        assert heard.cause == "token-malformed"
        assert "close" in heard.fields["connection"]
        assert peer.recv(1) == b""


def test_a_later_refusal_reaches_a_client_that_is_still_sending(house):
    with house.connect() as peer:
        peer.sendall(rest(house))
        assert hear(peer).status == 200
        peer.sendall(build(house.handshake(method="POST")) + b"x" * 200_000)
        assert hear(peer).cause == "method-not-get"


def test_a_later_request_without_an_upgrade_is_refused_like_a_first_one(house):
    with house.connect() as peer:
        peer.sendall(rest(house))
        assert hear(peer).status == 200
        peer.sendall(rest(house, PATH, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X-Pad: " + "x" * 10))
        assert hear(peer).cause == "proxy-drops-upgrade-headers"


def test_requests_in_a_row_are_answered_in_a_row(house):
    with house.connect() as peer:
        peer.sendall(rest(house) + rest(house, "/ready") + rest(house, "/nowhere")[:10])
        peer.sendall(rest(house, "/nowhere")[10:])
        raw = b""
        while raw.count(b"HTTP/1.1 ") < 3:
            raw += peer.recv(4096)
        assert re.findall(rb"HTTP/1.1 (\d+)", raw) == [b"200", b"200", b"404"]


def test_a_body_may_come_late_and_what_follows_it_is_a_request(house):
    body = b'{"email":"ann@example.test","password":"wrong"}'
    head = [
        "POST /api/v1/auth/login HTTP/1.1", f"Host: {house.host}", "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]  # fmt: skip
    with house.connect() as peer:
        peer.sendall(("\r\n".join(head) + "\r\n\r\n").encode() + body[:5])
        peer.sendall(body[5:])
        assert hear(peer).status == 401
        peer.sendall(good(house))
        assert hear(peer).status == 101


def test_a_handshake_before_its_turn_is_answered_in_its_turn(house):
    with house.connect() as peer:
        peer.sendall(rest(house) + good(house) + PING)
        raw = b""
        while b"Pong" not in raw:
            raw += peer.recv(4096)
        assert re.findall(rb"HTTP/1.1 (\d+)", raw) == [b"200", b"101"]


def test_a_handshake_in_one_piece_with_a_body_before_it_ends_the_connection_after_the_answer(house):
    with house.connect() as peer:
        peer.sendall(rest(house, "/health", "Content-Length: 2")[:-1] + b"\n{}" + good(house))
        raw = b""
        while chunk := peer.recv(4096):
            raw += chunk
        assert raw.startswith(b"HTTP/1.1 200")
        assert b"HTTP/1.1 101" not in raw


def test_requests_before_their_turn_cost_no_more_than_their_bytes(house):
    """Parsed they would cost a hundred times as much, and nobody has to sign in to send them."""
    with house.connect() as peer:
        peer.sendall(rest(house) * 2_000)
        assert peer.recv(1)
        assert sum(type(each) is RequestResponseCycle for each in gc.get_objects()) < 100


@pytest.mark.parametrize("fields", [(), ("Host: a.test", "Host: b.test")])
def test_a_request_has_one_host(house, fields):
    heard = house.send("\r\n".join(["GET /health HTTP/1.1", *fields, "Connection: close", "", ""]).encode())
    assert (heard.status, heard.problem["detail"]) == (400, "A request has one Host (RFC 9112, 3.2).")


def test_a_peer_that_has_said_all_reads_its_answer(house):
    with house.connect() as peer:
        peer.sendall(rest(house))
        peer.shutdown(socket.SHUT_WR)
        heard = hear(peer)
        assert (heard.status, peer.recv(1)) == (200, b"")


@pytest.mark.parametrize("data", [_hello(), b"PRI * HTTP/2.0\r\n", b"\x00\x01"])
def test_another_protocol_on_a_connection_of_http_is_told_so_too(house, data):
    with house.connect() as peer:
        peer.sendall(rest(house))
        assert hear(peer).status == 200
        peer.sendall(data)
        raw = b""
        while chunk := peer.recv(4096):
            raw += chunk
        assert raw


def test_what_is_no_http_is_answered_as_a_problem(house):
    assert house.send(b"HELO there\r\n\r\n").cause == "header-malformed"


# ---- slowness


@pytest.mark.parametrize(
    "data", [b"", b"GET ", f"GET {PATH} HTTP/1.1\r\nHost: ".encode(), b"GET /health HTTP/1.1\r\nHost: "]
)
def test_who_is_too_slow_is_dropped(tmp_path, data):
    with open_house(tmp_path, head_timeout=0.2) as house, house.connect() as peer:
        peer.sendall(data)
        assert peer.recv(100) == b""
        wait_for(lambda: house.parts.limits.half_open == 0)


@pytest.mark.parametrize(
    "data", [b"GET ", f"GET {PATH} HTTP/1.1\r\nHost: ".encode(), b"GET /health HTTP/1.1\r\nHost: "]
)
def test_who_is_too_slow_with_a_later_request_is_dropped(tmp_path, data):
    with open_house(tmp_path, head_timeout=0.2) as house, house.connect() as peer:
        peer.sendall(rest(house))
        assert hear(peer).status == 200
        peer.sendall(data)
        assert peer.recv(100) == b""


def test_who_is_too_slow_with_a_body_that_nobody_reads_is_dropped(tmp_path):
    with open_house(tmp_path, head_timeout=0.2) as house, house.connect() as peer:
        peer.sendall(rest(house, "/health", "Content-Length: 9"))
        assert hear(peer).status == 200
        peer.sendall(b"a")
        assert peer.recv(100) == b""


def test_connections_of_http_have_a_bound_too(tmp_path):
    with open_house(tmp_path, connections=1) as house, house.connect() as first:
        first.sendall(rest(house))
        assert hear(first).status == 200
        heard = house.send(rest(house))
        assert (heard.status, heard.cause) == (503, "server-overloaded")


def test_an_address_has_a_bound_of_its_own_unless_it_is_a_trusted_proxy(tmp_path):
    with (
        open_house(tmp_path, connections_per_address=1, trusted_proxies=()) as house,
        house.connect() as first,
    ):
        first.sendall(rest(house))
        assert hear(first).status == 200
        assert house.send(rest(house)).status == 503
    with open_house(tmp_path, connections_per_address=1) as house, house.connect() as first:
        first.sendall(rest(house))
        assert hear(first).status == 200
        with house.connect() as second:
            second.sendall(rest(house))
            assert hear(second).status == 200


def test_half_open_connections_have_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr("ws101.timers.server.limits.HALF_OPEN_PER_ADDRESS", 3)
    with open_house(tmp_path) as house:
        peers = [house.connect() for _ in range(5)]
        try:
            ended = [peer for peer in peers[3:] if peer.recv(1) == b""]
            assert len(ended) == 2
            peers[0].sendall(rest(house))
            assert hear(peers[0]).status == 200
        finally:
            for peer in peers:
                peer.close()


# ---- TLS


def test_handshakes_and_http_under_tls(tls_house):
    with secured(tls_house) as peer:
        peer.sendall(rest(tls_house))
        assert hear(peer).status == 200
        peer.sendall(good(tls_house) + PING)
        heard = hear(peer)
        assert heard.status == 101
        assert read_message(peer, heard.body)["type"] == "Pong"
    with secured(tls_house) as peer:
        peer.sendall(good(tls_house))
        assert hear(peer).status == 101


@pytest.mark.parametrize(
    ("said", "code"),
    [(b"\x81\x01a", 1002), (build_frame(1, b"{", MASK), 4400), (build_frame(2, b"{", MASK), 1003)],
)
def test_a_socket_under_tls_ends_with_its_code(tls_house, said, code):
    with secured(tls_house) as peer:
        peer.sendall(good(tls_house))
        data = hear(peer).body
        peer.sendall(said)
        while len(data) < 4:
            piece = peer.recv(4096)
            assert piece
            data += piece
        assert (data[0], int.from_bytes(data[2:4], "big")) == (0x88, code)
        peer.sendall(build_frame(8, data[2:4], MASK))
        while peer.recv(4096):
            pass


def test_a_refusal_under_tls_is_the_same(tls_house):
    with secured(tls_house) as peer:
        peer.sendall(build(tls_house.handshake()))
        heard = hear(peer)
    assert heard.cause == "token-missing"
    trace_id = heard.fields["x-request-id"]
    trace = tls_house.ask(lambda: tls_house.parts.traces.find(trace_id, "anybody"))
    assert trace.tls


@pytest.mark.parametrize("data", ["handshake", "rest"])
def test_plain_http_on_the_tls_port_is_told_so(tls_house, data):
    heard = tls_house.send(good(tls_house) if data == "handshake" else rest(tls_house))
    assert (heard.status, heard.cause) == (400, "plaintext-to-tls-port")
    assert "wss://" in heard.problem["remedy"]
    _logged(tls_house, "plaintext-to-tls-port")
    assert _counted(tls_house, "plaintext-to-tls-port")


def test_under_tls_heads_may_come_byte_by_byte_too(tls_house):
    with secured(tls_house) as peer:
        for byte in good(tls_house):
            peer.sendall(bytes([byte]))
        assert hear(peer).status == 101


def test_who_is_too_slow_under_tls_is_dropped(tmp_path):
    found = certificates.directory()
    paths = {"tls_certificate": found / "good.pem", "tls_key": found / "good.key"}
    with open_house(tmp_path, head_timeout=0.3, **paths) as house:
        with secured(house) as peer:
            peer.sendall(b"GET ")
            assert peer.recv(100) == b""
        with house.connect() as peer:
            peer.sendall(_hello()[:20])
            assert peer.recv(100) == b""


# ---- the first bytes, purely

SORTED = [
    (f"GET {PATH} HTTP/1.1\r\nA: b\r\n\r\n".encode(), Opening.HANDSHAKE),
    (f"GET {PATH}?x=y HTTP/1.1\r\n\r\n".encode(), Opening.HANDSHAKE),
    (f"POST {PATH} HTTP/1.1\r\n\r\n".encode(), Opening.HANDSHAKE),
    (f"GET http://h{PATH} HTTP/1.1\r\n\r\n".encode(), Opening.HANDSHAKE),
    (b"GET /other HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", Opening.HANDSHAKE),
    (f"GET {PATH}s HTTP/1.1\r\n\r\n".encode(), Opening.REQUEST),
    (b"GET /other HTTP/1.1\r\n\r\n", Opening.REQUEST),
    (b"POST /other HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", Opening.REQUEST),
    (b"\r\nGET /other HTTP/1.1\r\n\r\n", Opening.REQUEST),
    (b"GET /other HTTP/1.1\r\nHost: h\r\n", Opening.UNCLEAR),
    (b"GET /other HTTP/1.1\r\nA: " + b"x" * 5000, Opening.TOO_LONG),
    (b"GET", Opening.UNCLEAR),
    (b"\r\n", Opening.UNCLEAR),
    (b"P", Opening.UNCLEAR),
    (b"\x16", Opening.UNCLEAR),
    (b"\x16\x03\x01", Opening.TLS),
    (b"PRI * HTTP/2.0\r\n", Opening.HTTP2),
    (b"PROXY TCP4", Opening.PROXY),
    (b"\r\n\r\n\x00\r\nQUIT\n\x21", Opening.PROXY),
    (b"\x00", Opening.NOISE),
    (b"x" * 300, Opening.NOISE),
    (b"GET /" + b"x" * 5000, Opening.TOO_LONG),
    (f"GET {PATH} HTTP/1.1\r\nA: ".encode() + b"x" * 5000, Opening.TOO_LONG),
]


@pytest.mark.parametrize(("data", "opening"), SORTED)
def test_the_first_bytes_tell_who_deals_with_them(data, opening):
    assert sort(data, 4096)[0] is opening


@pytest.mark.parametrize(("data", "opening"), [case for case in SORTED if case[1] is not Opening.UNCLEAR])
def test_no_beginning_of_them_is_taken_for_something_else(data, opening):
    seen = {sort(data[:end], 4096)[0] for end in range(1, min(len(data), 400))}
    assert seen <= {Opening.UNCLEAR, opening}


# ---- whatever comes


def _noise(random, house):
    pieces = [
        good(house), rest(house), b"\r\n", b"\x16\x03\x01", b"PRI * HTTP/2.0\r\n\r\n", b"GET ", b" HTTP/1.1\r\n", PING, b"\x00",
        b"Upgrade: websocket\r\n", random.randbytes(random.randrange(40)), b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab",
    ]  # fmt: skip
    return b"".join(random.choices(pieces, k=random.randrange(1, 6)))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_the_connection_ends_and_the_service_lives(house, seed):
    random = Random(seed)
    for _ in range(12):
        with house.connect() as peer:
            peer.sendall(_noise(random, house))
            peer.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                while peer.recv(65_536):
                    pass
    assert house.send(good(house)).status == 101
    wait_for(lambda: house.parts.limits.half_open == house.parts.limits.open == 0)


def test_a_drain_drops_who_has_said_nothing_under_tls(tmp_path):
    found = certificates.directory()
    paths = {"tls_certificate": found / "good.pem", "tls_key": found / "good.key"}
    with open_house(tmp_path, **paths) as house, secured(house) as peer:
        peer.sendall(b"GET ")
        house.leave()
        with contextlib.suppress(ConnectionResetError, ssl.SSLError):
            assert peer.recv(100) == b""
