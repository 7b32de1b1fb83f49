"""Kills the whole service, `ws101 timers serve`, under real sockets and calls, and starts it again on the same directory."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from timers.server.audit import LEFT_ALONE, Told, audit

ROUNDS = 3
CALLERS = 4
PATIENCE = 60  # seconds; a busy machine is slow
PERSON = {"name": "Ann", "email": "ann@example.test", "password": "correct horse battery staple"}


@contextmanager
def serving(directory):
    """Run the service; yield its process and port, and kill it at the end."""
    command = [
        sys.executable,
        "-m",
        "ws101",
        "timers",
        "serve",
        "--port=0",
        "--events-kept=100000",
        "--data",
        directory,
    ]
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            lines = iter(process.stdout)
            port = next(
                said.rpartition(":")[2]
                for line in lines
                if "runs at" in (said := json.loads(line)["message"])
            )
            drained = threading.Thread(target=lambda: [None for _ in lines])
            drained.start()
            yield process, int(port)
        finally:
            process.kill()
            process.wait()
            drained.join()


def furnish(port, token):
    """Make lists that loop, half of which nobody will touch again, and start them."""
    with client(token) as http:
        base = f"http://127.0.0.1:{port}/api/v1/timers"
        for name in (LEFT_ALONE, "commanded") * 4:
            made = http.post(f"{base}/lists", json={"name": name, "loopTimers": True}).json()
            for duration in (1_000, 1_100, 1_200):
                http.post(base, json={"timerListId": made["id"], "name": "t", "duration": duration})
            assert http.post(f"{base}/control/{made['id']}/start").status_code == 200


def command(port, token, dice, stopped):
    """Command the other half until nobody answers."""
    with suppress(httpx.TransportError), client(token) as http:
        base = f"http://127.0.0.1:{port}/api/v1/timers"
        commanded = [one["id"] for one in http.get(f"{base}/lists").json() if one["name"] != LEFT_ALONE]
        while not stopped.is_set():
            action = dice.choice(["start", "pause", "resume", "stop", "restart", "restart"])
            answer = http.post(f"{base}/control/{dice.choice(commanded)}/{action}")
            assert answer.status_code in {200, 409}


@contextmanager
def commanding(port, token, dice):
    stopped = threading.Event()
    threads = [
        threading.Thread(target=command, args=(port, token, random.Random(dice.random()), stopped))
        for _ in range(CALLERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def client(token):
    return httpx.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=PATIENCE)


def socket(port, token, told):
    """Connect, to go on after what the reader was told last."""
    uri = f"ws://127.0.0.1:{port}/api/v1/timers/notifications?since={told.seq}&epoch={told.epoch}"
    headers = {"Authorization": f"Bearer {token}"}
    return connect(uri, additional_headers=headers, compression=None, proxy=None, open_timeout=PATIENCE)


def listen(process, port, token, told, enough):
    """Come back where the last socket broke off, listen until `enough` says so, and kill the service."""
    with socket(port, token, told) as peer:
        welcome = json.loads(peer.recv(PATIENCE))
        assert welcome["recovered"]
        with suppress(ConnectionClosed):
            while True:
                told.hear(peer.recv(PATIENCE).encode())
                if enough():
                    os.kill(process.pid, signal.SIGKILL)


def test_a_client_of_a_service_that_is_killed_gets_every_event_once(tmp_path):
    seed = int(os.environ.get("WS101_SEED") or random.randrange(10**6))
    print(f"WS101_SEED={seed}")
    dice, told, token = random.Random(seed), Told(), None
    for _ in range(ROUNDS):
        with serving(tmp_path / "data") as (process, port):
            if token is None:
                token = register(port)
                with socket(port, token, told) as peer:
                    told.epoch = json.loads(peer.recv(PATIENCE))["epoch"]
                furnish(port, token)
            with commanding(port, token, dice):
                until, more = time.monotonic() + 1 + dice.random(), told.seq + 50
                listen(process, port, token, told, lambda: told.seq > more and time.monotonic() > until)  # noqa: B023
    last_start = time.time_ns() // 1_000_000
    with serving(tmp_path / "data") as (process, port):
        settled = last_start + 1_500
        listen(process, port, token, told, lambda: time.time_ns() // 1_000_000 > settled)
    audit(tmp_path / "data" / "timers.sqlite3", told, last_start)


def register(port):
    base = f"http://127.0.0.1:{port}/api/v1/auth"
    assert httpx.post(f"{base}/register", json=PERSON, trust_env=False, timeout=PATIENCE).status_code == 201
    return httpx.post(f"{base}/login", json=PERSON, trust_env=False, timeout=PATIENCE).json()["token"]
