"""A service as a whole: settings that it cannot run with, draining, signals, one process for a directory."""

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from timers.server.house import PATIENCE, hear, open_house
from ws101.errors import UnreadableInput, UsageError
from ws101.handshake.frames import FrameReader
from ws101.handshake.request import build
from ws101.lab import certificates
from ws101.timers.server.run import running
from ws101.timers.settings import ServiceSettings

PATH = "/api/v1/timers/notifications"


def run(**settings):
    async def start():
        async with running(ServiceSettings(**settings)):
            pass

    asyncio.run(start())


# ---- settings that it cannot run with


def test_a_second_service_on_the_same_directory_is_refused(tmp_path):
    with open_house(tmp_path), pytest.raises(UsageError, match=rf"process {os.getpid()}.*--data"):
        run(port=0, data=tmp_path / "data")
    run(port=0, data=tmp_path / "data")


def test_a_directory_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnreadableInput, match="--data"):
        run(port=0, data=tmp_path / "file" / "data")


def test_the_directory_is_its_owners_alone(tmp_path):
    run(port=0, data=tmp_path / "data")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_in_a_directory_of_others_the_files_are_its_owners_alone_all_the_same(tmp_path):
    """The database holds addresses and the hashes of passwords, and its journals what was written last."""
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    with open_house(tmp_path) as house:
        house.user("ann")
        kept = [path for path in data.rglob("*") if path.is_file()]
        assert {path.name for path in kept} >= {"timers.sqlite3", "timers.sqlite3-wal", "ring.json"}
        assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


def test_a_database_that_is_none_is_told(tmp_path):
    (tmp_path / "data" / "timers.sqlite3").mkdir(parents=True)
    with pytest.raises(UnreadableInput, match="own user"):
        run(port=0, data=tmp_path / "data")


def test_a_port_in_use_is_told_and_the_directory_let_go(tmp_path):
    taken = socket.create_server(("127.0.0.1", 0))
    with taken, pytest.raises(UsageError, match="another program listens"):
        run(port=taken.getsockname()[1], data=tmp_path / "data")
    run(port=0, data=tmp_path / "data")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_here_is_told(tmp_path, host):
    with pytest.raises(UsageError, match=host):
        run(host=host, port=0, data=tmp_path / "data")


@pytest.mark.parametrize(
    ("certificate", "key", "why"),
    [
        ("nothing.pem", "nothing.key", "No such file"),
        ("good.key", "good.key", "not PEM, or a key that has a password"),
        ("good.pem", "expired.key", "the key is another certificate's"),
    ],
)
def test_a_bad_certificate_is_told(tmp_path, certificate, key, why):
    made = certificates.directory()
    with pytest.raises(UnreadableInput, match=rf"{why}.*--tls-certificate"):
        run(port=0, data=tmp_path, tls_certificate=made / certificate, tls_key=made / key)


def test_for_a_keys_password_nobody_is_asked(tmp_path, capfd):
    private = load_pem_private_key((certificates.directory() / "good.key").read_bytes(), None)
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    )
    with pytest.raises(UnreadableInput, match="a key that has a password"):
        run(
            port=0,
            data=tmp_path / "data",
            tls_certificate=certificates.directory() / "good.pem",
            tls_key=locked,
        )
    assert capfd.readouterr() == ("", "")


def test_a_bad_trusted_proxy_is_told(tmp_path):
    with pytest.raises(UsageError, match="trusted proxy"):
        run(port=0, data=tmp_path / "data", trusted_proxies=("nginx",))


def test_a_failed_start_leaves_nothing_running(tmp_path):
    before = threading.active_count()
    with pytest.raises(UsageError):
        run(port=0, data=tmp_path / "data", trusted_proxies=("nginx",))
    assert threading.active_count() == before


# ---- addresses


@pytest.mark.parametrize("host", ["::1", "[::1]", "localhost"])
def test_ipv6_is_served_too(tmp_path, host):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("IPv6 (a machine with ::1)")
    with open_house(tmp_path, host=host) as house:
        assert httpx.get(f"{house.service.url}/health", trust_env=False).status_code == 200
        with socket.create_connection((host.strip("[]"), house.service.port), PATIENCE) as peer:
            peer.sendall(build(house.handshake()))
            assert hear(peer).cause == "token-missing"


# ---- draining


def _closes(peer, heard):
    reader = FrameReader()
    frames = reader.feed(heard.body)
    while not any(frame.close for frame in frames):
        chunk = peer.recv(4096)
        assert chunk, "it closed without a close"
        frames += reader.feed(chunk)
    return next(frame.close for frame in frames if frame.close)


def test_a_drain_tells_sockets_and_refuses_handshakes_on_kept_connections(tmp_path):
    with open_house(tmp_path, drain_timeout=5.0) as house:
        token = house.user("ann")
        handshake = build(house.handshake(("Authorization", f"Bearer {token}")))
        with house.connect() as peer, house.connect() as kept:
            peer.sendall(handshake)
            opened = hear(peer)
            assert opened.status == 101
            kept.sendall(f"GET /ready HTTP/1.1\r\nHost: {house.host}\r\n\r\n".encode())
            assert hear(kept).status == 200
            house.ask(house.parts.readiness.drain)
            kept.sendall(f"GET /ready HTTP/1.1\r\nHost: {house.host}\r\n\r\n".encode())
            assert hear(kept).status == 503
            kept.sendall(handshake)
            refused = hear(kept)
            assert (refused.status, refused.cause) == (503, "server-overloaded")
            assert "draining" in refused.problem["detail"]
            assert int(refused.fields["retry-after"]) > 0
            house.leave()
            assert _closes(peer, opened).code == 1012


# ---- as a program


@pytest.fixture
def program(tmp_path):
    started = []

    def start(*arguments):
        command = [
            sys.executable,
            "-m",
            "ws101",
            "timers",
            "serve",
            "--port",
            "0",
            "--data",
            str(tmp_path / "data"),
            *arguments,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        for line in process.stdout:
            told = json.loads(line)
            if "runs at" in told["message"]:
                return process, int(told["message"].rpartition(":")[2])
        raise AssertionError(process.stderr.read())

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _token(port):
    account = {"name": "ann", "email": "ann@example.test", "password": "correct horse battery staple"}
    return httpx.post(f"http://127.0.0.1:{port}/api/v1/auth/register", json=account, trust_env=False).json()[
        "token"
    ]


def _open(port, token):
    peer = socket.create_connection(("127.0.0.1", port), PATIENCE)
    lines = [
        f"GET {PATH} HTTP/1.1", "Host: h", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", f"Authorization: Bearer {token}",
    ]  # fmt: skip
    peer.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    heard = hear(peer)
    assert heard.status == 101
    return peer, heard


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_and_the_program_ends_well(program, number):
    process, port = program("--drain-timeout", "20")
    peer, heard = _open(port, _token(port))
    with peer:
        process.send_signal(number)
        assert _closes(peer, heard).code == 1012
        peer.sendall(b"\x88\x82\x00\x00\x00\x00\x03\xf4")
        assert process.wait(PATIENCE) == 0
    assert process.stderr.read() == ""


def test_a_second_signal_ends_the_waiting(program):
    process, port = program("--drain-timeout", "600")
    peer, _ = _open(port, _token(port))
    with peer:
        process.send_signal(signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)):
                    break  # it accepts no more: it drains
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_what_was_there_is_there_after_a_restart(program):
    process, port = program()
    token = _token(port)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    _, port = program()
    peer, _ = _open(port, token)
    peer.close()


def _ready(port):
    return httpx.get(f"http://127.0.0.1:{port}/ready", trust_env=False)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="Linux, to bound the files of another process")
def test_whose_files_can_grow_no_more_is_not_ready_until_they_can(program, tmp_path):
    process, port = program()
    journal = tmp_path / "data" / "timers.sqlite3-wal"
    _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (journal.stat().st_size, most))
    refused = _ready(port)
    assert refused.status_code == 503
    assert "unable to write changes" in refused.json()["detail"]
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
    assert _token(port)
    assert _ready(port).status_code == 200
