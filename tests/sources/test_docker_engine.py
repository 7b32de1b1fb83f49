"""Containers' logs, from an engine of exact bytes, and from a real one where it runs."""

import json
import os
import re
import socketserver
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

import pytest

from examples import images
from ws101.errors import Unavailable
from ws101.sources.docker import Container, Engine, engine


class _Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@contextmanager
def serving(path, answers):
    """An engine that answers each path with (status, body), and notes the queries that it was asked."""
    asked = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            asked[parts.path] = parse_qs(parts.query)
            status, body = answers.get(parts.path, (404, b'{"message":"No such container: x"}'))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self):
            return ""

        def log_message(self, *_):
            pass

    with _Listener(str(path), Handler) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield Engine(f"unix://{path}"), asked
        finally:
            listener.shutdown()


def frame(stream, data):
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


INSPECTED = json.dumps(
    {"Id": "abc", "Name": "/web", "Config": {"Tty": False, "Labels": {"com.docker.compose.project": "shop"}}}
).encode()
AT = b"2026-11-26T01:02:03.000000004Z"


def read(engine_, container, **options):
    return b"".join(engine_.lines(container, **options)).splitlines()


def test_both_streams_are_parted_and_each_line_keeps_its_time(tmp_path):
    log = (
        frame(1, AT + b" first\n") + frame(2, AT + b" sec") + frame(1, AT + b" third\n") + frame(2, b"ond\n")
    )
    answers = {"/containers/web/json": (200, INSPECTED), "/containers/abc/logs": (200, log)}
    with serving(tmp_path / "s", answers) as (there, asked):
        web = there.container("web")
        assert web == Container("abc", "web")
        assert read(there, web, since=5.5, tail=10) == [
            AT + b" stdout F first",
            AT + b" stdout F third",
            AT + b" stderr F second",
        ]
        assert asked["/containers/abc/logs"] == {
            "stdout": ["1"], "stderr": ["1"], "timestamps": ["1"], "since": ["5.500000000"], "tail": ["10"],
        }  # fmt: skip


def test_a_container_with_a_terminal_has_one_stream(tmp_path):
    answers = {"/containers/abc/logs": (200, AT + b" one\r\n" + AT + b" two")}
    with serving(tmp_path / "s", answers) as (there, _):
        lines = read(there, Container("abc", "web", terminal=True))
    assert lines == [AT + b" stdout F one", AT + b" stdout F two"]


def test_a_service_has_all_its_containers(tmp_path):
    listed = json.dumps([{"Id": "abc"}, {"Id": "abc"}]).encode()
    answers = {"/containers/json": (200, listed), "/containers/abc/json": (200, INSPECTED)}
    with serving(tmp_path / "s", answers) as (there, asked):
        assert [one.name for one in there.service("web", "shop")] == ["web", "web"]
        labels = json.loads(asked["/containers/json"]["filters"][0])["label"]
        assert labels == ["com.docker.compose.service=web", "com.docker.compose.project=shop"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "No such container"),
        ({"/containers/web/json": (200, b"<html>")}, "is no Docker engine"),
        ({"/containers/web/json": (500, b"oh")}, "it answers 500"),
    ],
)
def test_what_cannot_be_opened_is_said(tmp_path, answers, said):
    with serving(tmp_path / "s", answers) as (there, _), pytest.raises(Unavailable, match=said):
        there.container("web")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("unix:///nowhere/docker.sock", "No such file"),
        ("ssh://host", "unix:// or tcp://"),
        ("tcp://127.0.0.1:1", "refused"),
    ],
)
def test_an_engine_that_is_not_there_is_said(address, said):
    with pytest.raises(Unavailable, match=re.escape(said)):
        Engine(address).container("web")


def test_a_log_that_breaks_off_is_said(tmp_path):
    class Broken(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")  # as the engine sends logs
            self.end_headers()
            line = frame(1, AT + b" first\n")
            self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line))
            self.close_connection = True

        def address_string(self):
            return ""

        def log_message(self, *_):
            pass

    with _Listener(str(tmp_path / "s"), Broken) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        with pytest.raises(Unavailable, match="broke off"):
            read(Engine(f"unix://{tmp_path / 's'}"), Container("abc", "web"))
        listener.shutdown()


# ---- a real engine


@pytest.fixture(scope="module")
def shell():
    """The name of an image that holds a shell and nothing else."""
    there = (
        subprocess.run(["docker", "version"], capture_output=True, check=False)
        if images.shutil.which("docker")
        else None
    )
    if there is None or there.returncode:
        pytest.skip("a Docker engine (start dockerd)")
    name = f"ws101-shell-{os.getpid()}"
    archive = images._tar(images._programs("sh", "sleep"), {}, {})
    subprocess.run(["docker", "import", "-", name], input=archive, check=True, capture_output=True)
    yield name
    subprocess.run(["docker", "image", "rm", "--force", name], check=False, capture_output=True)


@contextmanager
def container(image, script, *options):
    command = ["docker", "run", "--detach", "--network=none", *options, image, "sh", "-c", script]
    made = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:
        yield made
    finally:
        subprocess.run(["docker", "rm", "--force", made], check=False, capture_output=True)


def text_of(line):
    return line.split(b" ", 3)[1::2]


def test_a_real_container_is_read_and_followed(shell):
    there = engine(os.environ)
    script = "echo one; sleep 0.2; echo two >&2; sleep 1000"
    with container(shell, script) as made:
        found = there.container(made)
        followed = there.lines(found, follow=True)
        lines = next(followed) + next(followed)
        assert [text_of(line) for line in lines.splitlines()] == [[b"stdout", b"one"], [b"stderr", b"two"]]
        there.close()
        assert list(followed) == []
        assert [text_of(line) for line in read(there, found)] == [[b"stdout", b"one"], [b"stderr", b"two"]]


def test_a_real_container_with_a_terminal_is_read(shell):
    there = engine(os.environ)
    with container(shell, "echo one; echo two >&2; sleep 1000", "--tty") as made:
        found = there.container(made)
        assert found.terminal
        first = next(there.lines(found, follow=True))
        assert text_of(first.splitlines()[0]) == [b"stdout", b"one"]
        there.close()


def test_a_real_container_that_is_started_again_is_followed_on(shell):
    there, said = engine(os.environ), []
    with container(shell, "echo begun; sleep 1000") as made:
        found = there.container(made)
        subprocess.run(["docker", "kill", made], check=True, capture_output=True)

        def start(words):
            said.append(words)
            subprocess.run(["docker", "start", made], check=True, capture_output=True)

        followed = there.followed(found, start)
        assert text_of(next(followed).rstrip()) == [b"stdout", b"begun"]
        there.close()
        assert list(followed) == []
    assert said == [f"docker:{found.name} does not run; what it writes once it is started will be shown"]


def test_a_container_that_is_gone_is_no_longer_followed(tmp_path):
    inspected = json.dumps({"State": {"Running": False, "StartedAt": "2026-11-26T01:02:03.4Z"}}).encode()
    answers = {"/containers/abc/json": (200, inspected), "/containers/abc/logs": (200, b"")}
    with serving(tmp_path / "d.sock", answers) as (there, _):
        gone = there.followed(Container("abc", "web"), lambda _: answers.clear())
        with pytest.raises(Unavailable, match="No such container"):
            list(gone)


def test_what_an_engine_ends_though_the_container_runs_on_is_over(tmp_path):
    inspected = json.dumps({"State": {"Running": True, "StartedAt": "2026-11-26T01:02:03.4Z"}}).encode()
    answers = {
        "/containers/abc/json": (200, inspected),
        "/containers/abc/logs": (200, frame(1, AT + b" last\n")),
    }
    with serving(tmp_path / "d.sock", answers) as (there, _):
        assert [text_of(line.rstrip()) for line in there.followed(Container("abc", "web"))] == [
            [b"stdout", b"last"]
        ]
