"""Sources by their names: what is opened, what cannot be, and all of them followed side by side."""

import asyncio
import io
import os
import threading

import pytest

from sources.test_docker_engine import AT, INSPECTED, frame, serving
from ws101.errors import Unavailable
from ws101.sources import is_path, open_sources
from ws101.sources.live import follow


def opened(*names, stdin=b"", environ=None):
    return open_sources(names, since=None, stdin=io.BytesIO(stdin), environ=environ or {})


def test_a_name_tells_its_kind():
    assert [n for n in ("-", "docker:x", "compose:x", "journal:x", "./docker:x", "a.log") if is_path(n)] == [
        "./docker:x",
        "a.log",
    ]


def test_files_and_standard_input_are_opened_together(tmp_path):
    (tmp_path / "a.log").write_bytes(b"one\n")
    found, failed = opened(str(tmp_path / "a.log"), "-", "-", stdin=b"two\n")
    assert [(one.name, b"".join(one.chunks())) for one in found] == [
        (str(tmp_path / "a.log"), b"one\n"),
        ("standard input", b"two\n"),
    ]
    assert failed == ()


def test_what_cannot_be_opened_is_told_and_the_rest_goes_on(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.log").write_bytes(b"one\n")
    environ = {"DOCKER_HOST": f"unix://{tmp_path}/none"}
    names = (str(tmp_path / "a.log"), str(tmp_path / "b.log"), "docker:web", "journal:nginx.service")
    found, failed = opened(*names, environ=environ)
    assert [one.name for one in found] == [str(tmp_path / "a.log"), "journal:nginx.service"]
    assert [one.name for one in failed] == [str(tmp_path / "b.log"), "docker:web"]
    assert all(one.why and one.cure for one in failed)
    assert list(found[1].chunks()) == []
    assert "journalctl" in found[1].troubles[0]


def test_the_containers_of_a_service_are_a_source_each(tmp_path):
    answers = {
        "/containers/json": (200, b'[{"Id": "abc"}]'),
        "/containers/abc/json": (200, INSPECTED),
        "/containers/abc/logs": (200, frame(1, AT + b" hello\n")),
    }
    with serving(tmp_path / "s", answers) as (there, _):
        found, failed = opened("compose:shop/web", environ={"DOCKER_HOST": there.address})
        assert [(one.name, b"".join(one.chunks())) for one in found] == [
            ("docker:web", AT + b" stdout F hello\n")
        ]
        assert failed == ()


def test_a_service_without_containers_is_told(tmp_path):
    with serving(tmp_path / "s", {"/containers/json": (200, b"[]")}) as (there, _):
        _, failed = opened("compose:web", environ={"DOCKER_HOST": there.address})
    assert "compose service web" in failed[0].why


def fake_journal(directory, script):
    program = directory / "journalctl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_a_journal_is_read_by_its_own_program(tmp_path, monkeypatch):
    fake_journal(tmp_path, 'echo "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found, _ = open_sources(["journal:nginx.service"], since=12.0, stdin=io.BytesIO(), environ={})
    said = b"".join(found[0].chunks())
    assert b"--unit nginx.service" in said
    assert b"--output json" in said
    assert b"--since=@12" in said


def test_a_unit_without_a_line_in_the_journal_is_told(tmp_path, monkeypatch):
    fake_journal(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found, _ = opened("journal:nope")
    assert list(found[0].chunks()) == []
    assert "a line of nope in the journal" in found[0].troubles[0]


def test_a_journal_that_fails_is_told_in_its_own_words(tmp_path, monkeypatch):
    fake_journal(tmp_path, "echo No journal files were found. >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found, _ = opened("journal:x")
    assert list(found[0].chunks()) == []
    assert "No journal files were found." in found[0].troubles[0]


def test_streams_and_files_are_followed_side_by_side(tmp_path):
    log = tmp_path / "a.log"
    log.write_bytes(b"before\n")
    reading, writing = os.pipe()

    def append(text):
        with log.open("ab") as file:
            file.write(text)

    async def go(stdin):
        got = {}
        async for name, data in follow([str(log), "-"], stdin=stdin, environ={}):
            got[name] = got.get(name, b"") + data
            if name == "standard input":
                append(b"after\n")
            elif b"after\n" in got[name]:
                os.close(writing)
                return got
        raise AssertionError(got)

    threading.Thread(target=os.write, args=(writing, b"live\n")).start()
    with os.fdopen(reading, "rb", buffering=0) as stdin:
        got = asyncio.run(asyncio.wait_for(go(stdin), 60))
    assert got == {"standard input": b"live\n", str(log): b"after\n"}


def test_following_ends_with_its_streams():
    async def go():
        return [piece async for piece in follow(["-"], stdin=io.BytesIO(b"one\ntwo\n"), environ={})]

    assert asyncio.run(go()) == [("standard input", b"one\ntwo\n")]


def test_a_container_that_is_not_there_cannot_be_followed(tmp_path):
    async def go():
        environ = {"DOCKER_HOST": f"unix://{tmp_path}/none"}
        return [piece async for piece in follow(["docker:web"], stdin=io.BytesIO(), environ=environ)]

    with pytest.raises(Unavailable, match="Docker engine"):
        asyncio.run(go())
