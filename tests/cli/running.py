"""Runs the command line in the test's own process, and checks what holds for every run of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import Struct

import ws101
from ws101.cli import run

SOURCE = str(Path(ws101.__file__).resolve().parent.parent)
FORMATS = ("text", "json", "html", "sarif", "markdown")
QUICK = ("--connect-timeout", "0.5", "--answer-timeout", "0.5", "--max-time", "5")
_SGR = re.compile(r"\x1b\[[0-9;]*m")
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class Ran(Struct, frozen=True):
    status: int
    out: str
    err: str

    @property
    def said(self):
        return self.out + self.err


class Runner:
    """Runs `ws101 …` in this process; whatever it is given, it crashes on nothing and writes nothing hidden."""

    def __init__(self, capsys):
        self._capsys = capsys

    def __call__(self, *arguments):
        self._capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        written = self._capsys.readouterr()
        ran = Ran(status, written.out, written.err)
        check_sane(ran)
        return ran

    def wrong(self, *arguments):
        """Run what must be refused: one sentence on stderr, exit status 2, nothing on stdout."""
        ran = self(*arguments)
        assert ran.status == 2, ran.said
        assert ran.out == ""
        lines = ran.err.splitlines()
        assert len(lines) == 1, ran.err
        assert lines[0].startswith("ws101 ")
        assert len(lines[0]) < 600, "it repeats too much of what was given"
        return ran.err


def check_sane(ran):
    assert ran.status in {0, 1, 2, 3}, ran.said
    assert "Traceback" not in ran.said
    assert "itself failed" not in ran.said
    assert "usage:" in ran.out or "a bug in ws101" not in ran.out, ran.out
    hidden = _HIDDEN.search(_SGR.sub("", ran.said))
    assert hidden is None, f"a raw {hidden[0]!r} in the output"


def environment(**variables):
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "PYTHONPATH": SOURCE, **variables}


def command(*arguments):
    return [sys.executable, "-m", "ws101", *map(str, arguments)]


def in_process(*arguments, **variables):
    """Run `ws101 …` as a process of its own; `variables` are set in its environment."""
    done = subprocess.run(
        command(*arguments), capture_output=True, env=environment(**variables), timeout=60, check=False
    )
    encoding = variables.get("PYTHONIOENCODING", "utf-8")
    return Ran(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


@pytest.fixture(name="ws101")
def ws101_fixture(capsys, monkeypatch):
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    return Runner(capsys)
