"""Peers that mean no good, or are broken: every run of them ends, in time and in little memory, with a report that is safe to read."""

import gzip
import itertools
import json
import re
import resource
import socket
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.peers import REFUSAL, Peer, answering, drain, flooding, part, read_head, reset, switch
from cli.running import FORMATS, QUICK, environment
from ws101.cli import run

ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202eevil\u2066\u200b\ufeff\r\x08\x7f\0"
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def document(ran):
    return json.loads(ran.out)


def check_ended_by_itself(ran):
    """Check that the first handshake came to its own end: one that --max-time has to end leaves no trace."""
    assert [trial["name"] for trial in document(ran)["experiments"]][:1] == ["baseline"]


# ---- slow and silent ones


def trickling(start, data, pause):
    """Answer `start` and then byte by byte, `pause` seconds apart, until the other side goes away or the test is over."""

    def handle(peer):
        def serve(connection, _):
            read_head(connection)
            connection.sendall(start)
            for byte in itertools.chain(data, itertools.repeat(ord("x"))):
                connection.sendall(bytes([byte]))
                if peer[0].over.wait(pause):
                    return

        return serve

    there = []
    there.append(Peer(handle(there)))
    return there[0]


def test_a_byte_at_a_time_does_not_stretch_the_time_out(ws101):
    with trickling(b"", b"HTTP/1.1 400 Bad Request\r\nX-Slow: ", 0.1) as peer:
        ran = ws101("check", peer.url, "--json", "--budget", "1", *QUICK)
    assert ran.status in {1, 3}
    check_ended_by_itself(ran)


def test_a_body_that_trickles_is_not_waited_for(ws101):
    with trickling(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 1000000\r\n\r\n", b"", 0.1) as peer:
        ran = ws101("check", peer.url, "--json", "--budget", "1", *QUICK)
    assert document(ran)["status"] == 400


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_silence_ends_with_the_time_outs(ws101, scheme):
    with Peer(lambda connection, _: drain(connection)) as peer:
        ran = ws101("check", f"{scheme}://127.0.0.1:{peer.port}/", "--json", *QUICK)
    assert ran.status in {1, 3}
    check_ended_by_itself(ran)
    assert document(ran)["status"] is None
    assert all(finding["certainty"] != "proven" for finding in document(ran)["findings"])


@pytest.mark.parametrize("max_time", ["0", "0.2"])
def test_a_run_cut_short_by_its_time_says_so(ws101, tmp_path, max_time):
    path = tmp_path / "run.json"
    with Peer(lambda connection, _: drain(connection)) as peer:
        ran = ws101("check", peer.url, "--max-time", max_time, "--save", path)
    assert ran.status == 3
    assert f"the time ran out after {max_time} s (--max-time)" in ran.out
    assert "incomplete" in ran.out
    for name in FORMATS:
        again = ws101("report", path, "--format", name)
        assert again.status == 3
        assert name == "json" or "the time ran out" in again.out
    assert document(ws101("report", path, "--json"))["outcome"] == "incomplete"


def test_what_was_learned_before_the_time_ran_out_is_kept(ws101):
    def handle(connection, number):
        head = read_head(connection)
        if number == 1:
            connection.sendall(REFUSAL)
            part(connection)
        elif b"version: 99" in head.lower():
            connection.sendall(b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n")
            part(connection)
        else:
            drain(connection)

    with Peer(handle) as peer:
        ran = ws101("check", peer.url, "--json", "--max-time", "1")
    found = document(ran)
    assert found["status"] == 400
    assert {"baseline", "version-99"} <= {trial["name"] for trial in found["experiments"]}
    assert ran.status in {1, 3}


def test_a_budget_of_one_sends_one_handshake_and_says_what_was_left_out(ws101):
    with Peer(answering(REFUSAL)) as peer:
        ran = ws101("check", peer.url, "--budget", "1", *QUICK)
    assert peer.connections == 1
    assert "the budget of 1 was spent" in ran.out
    assert ran.status in {1, 3}


def test_an_open_socket_that_is_cut_while_held_is_a_problem(ws101):
    def handle(connection, _):
        connection.sendall(switch(read_head(connection)))
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)

    with Peer(handle) as peer:
        ran = ws101("check", peer.url, "--hold", "30", "--json", *QUICK, "--budget", "1")
    assert ran.status == 1
    assert document(ran)["verdict"]["cause"] in {"closed-after-accept", "idle-timeout"}


def test_holding_a_sound_socket_works(ws101):
    with Peer(answering(switch, stay=True)) as peer:
        ran = ws101("check", peer.url, "--hold", "0.3", *QUICK)
    assert ran.status == 0


# ---- endless ones

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
FLOODS = {
    "headers": (b"HTTP/1.1 400 Bad Request\r\n", b"X-More: yes\r\n" * 500),
    "one header": (b"HTTP/1.1 400 Bad Request\r\nX-Long: ", b"a" * 8192),
    "a status line": (b"HTTP/1.1 400 ", b"a" * 8192),
    "folded lines": (b"HTTP/1.1 400 Bad Request\r\nX-Fold: a\r\n", b" more\r\n" * 1000),
    "a body": (OK + b"\r\n", b"x" * 8192),
    "a body in lines": (OK + b"Content-Type: text/plain\r\n\r\n", b"\n" * 8192),
    "a body of 1 GB": (OK + b"Content-Length: 1073741824\r\n\r\n", b"x" * 8192),
    "a body of 10^30 bytes": (OK + b"Content-Length: 1" + b"0" * 30 + b"\r\n\r\n", b"x" * 8192),
    "chunks": (OK + CHUNKED, b"1\r\nx\r\n" * 1000),
    "a chunk of 2^60 bytes": (OK + CHUNKED + b"1000000000000000\r\n", b"x" * 8192),
    "a chunk's extension": (OK + CHUNKED + b"1;", b"x" * 8192),
    "trailers": (OK + CHUNKED + b"0\r\n", b"X-More: yes\r\n" * 500),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 300),
    "early hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 200),
    "no HTTP": (b"", bytes(range(256)) * 32),
    "NULs": (b"", b"\0" * 8192),
    "line breaks": (b"", b"\r\n" * 4096),
    "TLS records": (b"", b"\x16\x03\x03\x40\x00" + b"\0" * 16384),
    "text frames": (switch, b"\x81\x7e\x20\x00" + b"a" * 8192),
    "tiny frames": (switch, b"\x81\x00" * 4096),
    "pings": (switch, b"\x89\x04ping" * 1000),
    "masked frames": (switch, b"\x81\x85\1\2\3\4aaaaa" * 500),
    "HTTP after a 101": (switch, REFUSAL * 50),
    "a frame of 2^62 bytes": (switch, b"\x82\x7f" + (1 << 62).to_bytes(8, "big") + b"a" * 8192),
    "fragments": (switch, b"\x01\x01a" + b"\x00\x01a" * 2000),
    "close frames": (switch, b"\x88\x02\x03\xe8" * 2000),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "scheme"),
    [*((name, "ws") for name in FLOODS), ("TLS records", "wss"), ("no HTTP", "wss"), ("a body", "wss")],
)
def test_what_never_ends_is_cut_off(ws101, name, scheme):
    start, piece = FLOODS[name]
    if scheme == "wss":
        start, piece = b"", (start if isinstance(start, bytes) else b"") + piece
    with Peer(flooding(start, piece)) as peer:
        ran = ws101("check", f"{scheme}://127.0.0.1:{peer.port}/ws", "--json", *QUICK, "--budget", "1")
    assert ran.status in {0, 1, 3}
    check_ended_by_itself(ran)
    assert len(ran.out) < 1_000_000


def bomb(times=2):
    """40 MB of nothing, packed once or more."""
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packed.compress(bytes(1 << 20)) for _ in range(40)) + packed.flush()
    for _ in range(times - 1):
        data = gzip.compress(data)
    return data


def test_bombs_and_floods_stay_within_bounds_of_memory():
    once, twice = bomb(1), bomb(2)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(twice), twice)
    answers = [
        OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(once) + once,
        OK + b"Content-Encoding: gzip, gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
    ]
    turns = itertools.cycle(
        [*answers, *(FLOODS[name] for name in ("headers", "a body", "chunks", "tiny frames", "no HTTP"))]
    )
    lock = threading.Lock()

    def handle(connection, _):
        with lock:
            turn = next(turns)
        if isinstance(turn, bytes):
            answering(turn)(connection, 0)
        else:
            flooding(*turn)(connection, 0)

    idle = peak_of("check", "ws://127.0.0.1:1/", *QUICK)
    with Peer(handle) as peer:
        assert peak_of("check", peer.url, "--budget", "8", *QUICK) < idle + (32 << 20)


def peak_of(*arguments):
    """Return the most memory that a run ever held, in bytes; the run may have no more than 1 GiB of addresses."""
    code = (
        "import resource, sys; from ws101.cli import run; status = run(sys.argv[1:])\n"
        "sys.stderr.write(f'\\n{status} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}')"
    )
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))  # noqa: E731
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment(),
        preexec_fn=limit,
        capture_output=True,
        timeout=60,
        check=False,
    )
    status, peak = done.stderr.rpartition(b"\n")[2].split()
    assert status in {b"1", b"3"}, done.stderr
    return int(peak) * (1 if sys.platform == "darwin" else 1024)


def test_ten_thousand_headers_are_read(ws101):
    fields = b"".join(b"X-%d: a\r\n" % number for number in range(5000))
    for block in (
        fields,
        b"a:\r\n" * 10_000,
        b"Upgrade: websocket\r\n" * 3000,
        b"Sec-WebSocket-Accept: x\r\n" * 2000,
    ):
        answer = b"HTTP/1.1 101 Switching Protocols\r\n" + block + b"\r\n"
        with Peer(answering(answer)) as peer:
            ran = ws101("check", peer.url, *QUICK, "--budget", "2", "--json")
        assert ran.status == 1
        check_ended_by_itself(ran)


# ---- redirects


@pytest.mark.parametrize("location", ["{scheme}://localhost:{port}/ws", "//localhost:{port}/ws", "{scheme}://user@localhost:{port}",
                                      "{scheme}://127.0.0.1.:{port}/", "{scheme}://127.1:{port}/", "{scheme}:\\\\localhost:{port}/",
                                      "{scheme}://127.0.0.1:1@localhost:{port}/"])  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "ws", "https"])
def test_a_redirect_to_another_host_is_recorded_and_never_followed(ws101, location, scheme):
    with Peer(answering(switch, stay=True)) as other:
        place = location.format(scheme=scheme, port=other.port)
        answer = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % place.encode()
        with Peer(answering(answer)) as peer:
            ran = ws101("check", peer.url, *QUICK)
        assert other.connections == 0
    assert ran.status in {1, 3}
    assert "localhost" not in place or "localhost" in ran.out


# ---- what a terminal must not be told


def hostile_answers():
    raw = ESCAPES.encode()
    yield "the reason", b"HTTP/1.1 400 " + raw.replace(b"\r", b"") + b"\r\n\r\n"
    yield (
        "a header",
        b"HTTP/1.1 400 Bad\r\nX-Evil: " + raw + b"\r\nServer: " + raw + b"\r\n" + raw + b": x\r\n\r\n",
    )
    yield (
        "the challenge",
        b'HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm="' + raw + b'", error="' + raw + b'"\r\n\r\n',
    )
    yield "the body", b"HTTP/1.1 400 Bad\r\nContent-Type: text/plain\r\n\r\n" + raw + b"\nexpired " + raw
    yield "the location", b"HTTP/1.1 302 Found\r\nLocation: http://" + raw + b"/\r\n\r\n"
    yield "the location's path", b"HTTP/1.1 302 Found\r\nLocation: /" + raw + b"/\r\n\r\n"
    yield "the version", b"HTTP/" + raw.replace(b"\r", b"") + b" 400 Bad\r\n\r\n"
    yield "the status", b"HTTP/1.1 4" + raw.replace(b"\r", b"") + b" Bad\r\n\r\n"
    yield "the date", b"HTTP/1.1 401 No\r\nDate: " + raw + b"\r\n\r\n"
    yield "a banner", b"SSH-2.0-" + raw + b"\r\n"
    yield "no HTTP", raw * 10
    yield (
        "the subprotocol",
        b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: "
        + raw
        + b"\r\n\r\n",
    )
    yield "a proxy's name", b"HTTP/1.1 502 Bad\r\nVia: 1.1 " + raw + b"\r\nServer: nginx" + raw + b"\r\n\r\n"


@pytest.mark.parametrize("name", [name for name, _ in hostile_answers()])
def test_control_and_bidi_characters_reach_no_output(ws101, tmp_path, name):
    path = tmp_path / "run.json"
    with Peer(answering(dict(hostile_answers())[name])) as peer:
        ws101("check", peer.url, *QUICK, "--token", "opaque", "--budget", "6", "--save", path)
    check_no_output_hides_anything(ws101, path)


def check_no_output_hides_anything(ws101, path):
    assert HIDDEN.search(path.read_text()) is None
    for name in FORMATS:
        shown = ws101("report", path, "--format", name, "--color", "always").out
        assert "\\x1b" in shown or "owned" not in shown
        assert set(re.findall("\x1b[^m]*m", shown)) <= {
            f"\x1b[{n}m" for n in ("0", "1", "2", "31", "32", "33", "36", "1;31", "1;32", "1;33", "1;36")
        }
        ws101("report", path, "--format", name, "--output", f"{path}.shown")
        assert HIDDEN.search(Path(f"{path}.shown").read_text(encoding="utf-8")) is None


@pytest.mark.parametrize(
    "then",
    [
        b"\x88\x1a\x03\xf0" + "\x1b[2J\u202eevil \x9b31m expired".encode()[:24],
        b"\x81\x04\x1b[2J",
        b"HTTP/1.1 400 \x1b[2J\r\n\r\n",
    ],
)
def test_what_follows_a_101_is_no_different(ws101, tmp_path, then):
    path = tmp_path / "run.json"
    with Peer(answering(lambda head: switch(head) + then)) as peer:
        ran = ws101("check", peer.url, *QUICK, "--budget", "3", "--save", path)
    assert ran.status in {1, 3}
    check_no_output_hides_anything(ws101, path)


def test_a_certificate_that_is_hostile_is_shown_harmlessly(ws101, tmp_path):
    pem = hostile_certificate(tmp_path)
    made = server_context(pem)

    def handle(connection, _):
        with made.wrap_socket(connection, server_side=True) as secured:
            secured.sendall(switch(read_head(secured)))

    path = tmp_path / "run.json"
    with Peer(handle) as peer:
        ran = ws101("check", f"wss://127.0.0.1:{peer.port}/", *QUICK, "--budget", "8", "--save", path)
    assert ran.status == 1
    check_no_output_hides_anything(ws101, path)


def hostile_certificate(tmp_path):
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    evil = ESCAPES.replace("\0", "")
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, evil),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "x" * 60),
        ]
    )
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=9)).not_valid_after(now - dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("\x1b[2J.test"), x509.DNSName("a" * 5000)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / "hostile.pem"
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(encoded + made.public_bytes(serialization.Encoding.PEM))
    return path


def server_context(pem):
    import ssl

    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(pem)
    return made


# ---- cut off anywhere

CUTS_OF_101 = [*range(12), *range(12, 140, 9)]
CUTS_OF_400 = [*range(12), *range(12, len(REFUSAL), 13), len(REFUSAL) - 1, len(REFUSAL)]


@pytest.mark.parametrize("ending", [part, reset])
@pytest.mark.parametrize("cut", CUTS_OF_101)
def test_a_101_cut_off_anywhere_is_no_working_handshake(ws101, cut, ending):
    def handle(connection, _):
        connection.sendall(switch(read_head(connection))[:cut])
        ending(connection)

    with Peer(handle) as peer:
        ran = ws101("check", peer.url, "--budget", "1", *QUICK)
    assert ran.status in {1, 3}


@pytest.mark.parametrize("cut", CUTS_OF_400)
def test_a_400_cut_off_anywhere_is_told_as_far_as_it_came(ws101, cut):
    with Peer(answering(REFUSAL[:cut])) as peer:
        ran = ws101("check", peer.url, "--budget", "1", "--json", *QUICK)
    assert ran.status in {1, 3}
    assert document(ran)["status"] == (400 if cut >= len("HTTP/1.1 400") else None)


ANSWERS = st.one_of(
    st.binary(max_size=400),
    st.lists(st.sampled_from([b"HTTP/1.1 ", b"HTTP/2.0 ", b"101", b"400", b" ", b"Switching", b"\r\n", b"\n", b"\r", b"\0", b":", b"Upgrade: websocket",
                              b"Connection: upgrade", b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Content-Length: ", b"-1", b"5",
                              b"ff\r\n", b"\x88\x02\x03\xe8", b"\x1f\x8b\x08", b"Date: ", b"Mon, 31 Feb 0000 99:99:99 GMT", b"Location: ", b"//[", b"\xff",
                              b"WWW-Authenticate: ", b"Bearer", b'error="', b"Set-Cookie: a=b", b"Sec-WebSocket-Accept: ", b"Via: ", b'{"', b"<html>"]),
             max_size=30).map(b"".join),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=ANSWERS)
def test_any_bytes_are_an_answer(capsys, answer):
    with Peer(answering(answer)) as peer:
        status = run(["check", peer.url, "--budget", "2", "--token", "opaque", "--json", *QUICK])
    written = capsys.readouterr()
    assert status in {1, 3}, written.err
    assert json.loads(written.out)["schema"] == "ws101.report/1"


@pytest.mark.parametrize("date", ["Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359", "x" * 9000, "Mon, 99 Jan 99999 00:00:00",
                                  "1 Jan 1 0:0 +99999999999999"])  # fmt: skip
def test_a_date_of_no_time_is_passed_over(ws101, date):
    with Peer(answering(f"HTTP/1.1 401 No\r\nDate: {date}\r\n\r\n".encode())) as peer:
        assert ws101(
            "check", peer.url, "--token", "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.AAAA", "--budget", "1", *QUICK
        ).status in {1, 3}


# ---- TLS, resets, and what is not HTTP


@pytest.mark.parametrize("garbage", [b"\x16\x03\x03\x00\x05hello", b"\x15\x03\x01\x00\x02\x02\x28", b"\x15\x03\x01\x00\x02\x02\xff", b"\x16\x03\x03",
                                     b"\x16\x03\x03\xff\xff", REFUSAL, b"SSH-2.0-x\r\n", b"\0" * 3000, b""], ids=range(9))  # fmt: skip
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_garbage_in_the_place_of_an_answer(ws101, garbage, scheme):
    with Peer(
        lambda connection, _: (connection.recv(65536), connection.sendall(garbage), part(connection))
    ) as peer:
        ran = ws101("check", f"{scheme}://127.0.0.1:{peer.port}/", *QUICK)
    assert ran.status in {1, 3}


@pytest.mark.parametrize("after", ["at once", "the request", "half an answer"])
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_reset(ws101, scheme, after):
    def handle(connection, _):
        if after != "at once":
            connection.recv(65536)
        if after == "half an answer":
            connection.sendall(b"HTTP/1.1 40")
        reset(connection)

    with Peer(handle) as peer:
        ran = ws101("check", f"{scheme}://127.0.0.1:{peer.port}/", *QUICK)
    assert ran.status in {1, 3}


@pytest.mark.parametrize("answer", [b"", b"garbage", b"\0" * 500, b'HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm="\x1b[2J"\r\n\r\n',
                                    b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000, b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n",
                                    b"HTTP/1.1 200 OK\r\n\r\n" + REFUSAL, b"HTTP/1.1 100 Continue\r\n\r\n" * 5000], ids=range(8))  # fmt: skip
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_hostile_forward_proxy(ws101, answer, scheme):
    with Peer(answering(REFUSAL)) as peer, Peer(answering(answer)) as proxy:
        ran = ws101(
            "check",
            f"{scheme}://127.0.0.1:{peer.port}/",
            "-x",
            f"http://127.0.0.1:{proxy.port}",
            *QUICK,
            "--budget",
            "3",
        )
    assert ran.status in {1, 3}


@pytest.mark.parametrize("what", ["nothing", "settings", "preface", "garbage", "goaway", "headers"])
def test_a_hostile_http_2_server(ws101, tmp_path, certificate, what):
    import ssl

    made = server_context(certificate)
    made.set_alpn_protocols(["h2"])
    sent = {
        "nothing": b"",
        "settings": b"\0\0\0\4\0\0\0\0\0" * 2000,
        "preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "garbage": bytes(range(256)) * 8,
        "goaway": b"\0\0\0\4\0\0\0\0\0" + b"\0\0\x08\7\0\0\0\0\0" + struct.pack(">II", 0, 11),
        "headers": b"\0\0\0\4\0\0\0\0\0" + b"\0\x40\0\1\4\0\0\0\1" + b"\xff" * 0x4000,
    }[what]

    def handle(connection, _):
        try:
            with made.wrap_socket(connection, server_side=True) as secured:
                secured.sendall(sent)
                drain(secured)
        except ssl.SSLError:
            reset(connection)

    with Peer(handle) as peer:
        ran = ws101("check", f"wss://127.0.0.1:{peer.port}/", "-k", "--http2", "--budget", "3", *QUICK)
    assert ran.status in {1, 3}


# ---- a server that changes its mind


def test_of_a_server_that_answers_otherwise_every_time_nothing_is_proven(ws101, tmp_path):
    statuses = itertools.count(400)

    def handle(connection, _):
        head = read_head(connection)
        status = next(statuses)
        connection.sendall(
            switch(head) if status % 5 == 4 else b"HTTP/1.1 %d Hm\r\nContent-Length: 0\r\n\r\n" % status
        )
        drain(connection)

    path = tmp_path / "run.json"
    with Peer(handle) as peer:
        ran = ws101("check", peer.url, "--token", "opaque", "--save", path, *QUICK)
    found = document(ws101("report", path, "--json"))
    assert ran.status in {1, 3}
    assert [finding for finding in found["findings"] if finding["certainty"] == "proven"] == []
    assert "the answers waver" in re.sub(r"\s+", " ", ran.out)
    for name in ("html", "sarif", "markdown"):
        assert "the answers waver" in ws101("report", path, "--format", name).out


@pytest.mark.parametrize("period", [2, 3, 4, 5, 7])
def test_of_a_server_that_works_every_other_time_no_change_is_proven_to_matter(ws101, period):
    def handle(connection, number):
        head = read_head(connection)
        connection.sendall(switch(head) if number % period == 0 else REFUSAL)
        drain(connection)

    with Peer(handle) as peer:
        ran = ws101("check", peer.url, "--token", "opaque", "--json", *QUICK)
    proven = [finding["cause"] for finding in document(ran)["findings"] if finding["certainty"] == "proven"]
    assert proven == []


def test_a_peer_that_closes_the_listener_after_the_first_answer(ws101):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve():
        connection, _ = listener.accept()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        with connection:
            read_head(connection)
            connection.sendall(REFUSAL)
            part(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    ran = ws101("check", f"ws://127.0.0.1:{port}/", *QUICK)
    thread.join()
    assert ran.status in {1, 3}
    assert "proven" not in ran.out.splitlines()[0]
