"""What surrounds the command line: Ctrl-C, terminals of every kind, pipes that break, streams that are closed."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest

from cli.peers import REFUSAL, Peer, answering, drain, part, read_head
from cli.running import FORMATS, QUICK, Ran, check_sane, command, environment, in_process
from ws101.cli.terminal import ProgressLine

SECONDS = 30


@pytest.fixture
def silent():
    """A peer that takes every connection and never answers."""
    with Peer(lambda connection, _: drain(connection)) as peer:
        yield peer


@pytest.fixture
def refusing():
    """A peer that answers 400."""
    with Peer(answering(REFUSAL)) as peer:
        yield peer


# ---- Ctrl-C


def test_an_interrupt_ends_with_what_is_known(silent):
    with subprocess.Popen(
        command("check", silent.url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    ) as running:
        assert silent.met.wait(SECONDS)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=SECONDS)
    ran = Ran(running.returncode, out, err)
    check_sane(ran)
    assert ran.status == 3
    assert ran.err == ""
    assert "it was interrupted (Ctrl-C)" in out
    assert silent.url in out


def test_an_interrupt_among_the_experiments_keeps_the_answer_that_came():
    hanging = threading.Event()

    def handle(connection, number):
        read_head(connection)
        if number == 1:
            connection.sendall(REFUSAL)
            part(connection)
        else:
            hanging.set()
            drain(connection)

    with (
        Peer(handle) as peer,
        subprocess.Popen(
            command("check", peer.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
        ) as running,
    ):
        assert hanging.wait(SECONDS)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=SECONDS)
    check_sane(Ran(running.returncode, out, err))
    assert running.returncode in {1, 3}
    assert "answered 400" in out
    assert "it was interrupted (Ctrl-C)" in out


@pytest.mark.parametrize("seconds", [0.03, 0.06, 0.1, 0.2, 0.3])
def test_an_interrupt_at_any_moment_leaves_no_traceback(silent, seconds):
    """Once Python itself is up: before that, no program can help it."""
    code = (
        "import os, signal, sys, threading, time; from ws101.__main__ import main\n"
        "go = threading.Event()\n"
        f"def interrupt(): go.wait(); time.sleep({seconds}); os.kill(os.getpid(), signal.SIGINT)\n"
        "threading.Thread(target=interrupt, daemon=True).start()\n"
        f"sys.argv[1:] = ['check', '{silent.url}']\n"
        "go.set(); sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    check_sane(Ran(done.returncode, done.stdout, done.stderr))
    assert done.returncode == 3
    assert seconds < 0.1 or "nterrupted (Ctrl-C)" in done.stdout + done.stderr


def test_ctrl_c_on_a_terminal_restores_it(silent):
    run = on_terminal("check", silent.url, until="looking at", then=b"\x03")
    assert run.status == 3
    assert run.before == run.after, "the terminal's settings"
    assert "it was interrupted (Ctrl-C)" in run.text
    assert "Traceback" not in run.text
    shown = run.text.partition("looking at")[2]
    assert shown.rindex("\r\x1b[K") < shown.index("it was interrupted"), (
        "the progress line is gone before the report comes"
    )
    assert "\x1b[0m" in run.text, "colour on a terminal"
    painted = re.findall("\x1b\\[[0-9;]*m", run.text)
    assert painted[-1] == "\x1b[0m", "colour ends where the report ends"
    assert re.findall("\x1b(?!\\[[0-9;]*[mK])", run.text) == []


@pytest.mark.parametrize(
    "variables",
    [
        {"TERM": "dumb"},
        {"NO_COLOR": "1"},
        {"TERM": "xterm", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_what_a_terminal_is_not_able_to_show_is_not_sent_to_it(silent, variables):
    run = on_terminal("check", silent.url, "--answer-timeout", "1.5", "--budget", "1", **variables)
    assert run.status in {1, 3}
    if "LC_ALL" not in variables:
        assert re.findall("\x1b\\[[0-9;]*m", run.text) == []
    if "TERM" in variables and variables["TERM"] == "dumb":
        assert "\x1b" not in run.text
    if "NO_COLOR" not in variables:
        assert run.text.isascii()


class OnTerminal:
    """What a run on a pseudo-terminal of its own wrote, and the terminal's settings before and after it."""

    def __init__(self, text, status, before, after):
        self.text, self.status, self.before, self.after = text, status, before, after


def on_terminal(*arguments, until="", then=b"", **variables):
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    variables = {"TERM": "xterm-256color", **variables}
    starting = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'ws101', *sys.argv[1:]])"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", starting, *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
        env=environment(**variables), start_new_session=True,
    )  # fmt: skip
    try:
        text, sent = "", not then
        ended = threading.Thread(target=running.wait)
        ended.start()
        for data in _reading(ours, running):
            text += data.decode("utf-8", "backslashreplace")
            if not sent and until in text:
                os.write(ours, then)
                sent = True
        ended.join(SECONDS)
        return OnTerminal(text, running.returncode, before, termios.tcgetattr(theirs))
    finally:
        if running.poll() is None:
            running.kill()
        running.wait()
        os.close(theirs)
        os.close(ours)


def _reading(ours, running):
    """Yield what is written until the process has ended and nothing is left."""
    import select

    while True:
        ready, _, _ = select.select([ours], [], [], 0.1)
        if ready:
            yield os.read(ours, 65536)
        elif running.poll() is not None:
            return


# ---- pipes and closed streams


def shell(line, *arguments, **variables):
    """Run a line of sh in which "$@" is `ws101 …`; return the status of the last command, stdout and stderr."""
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}", "bash", *command(*arguments)],
        env=environment(**variables), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    "arguments", [["explain", "--list"], ["explain", "token-expired"], ["--help"], ["check", "--help"]]
)
@pytest.mark.parametrize("reader", ["head -1", "true"])
def test_a_reader_that_goes_away_is_no_error(arguments, reader):
    ran = shell(f'"$@" | {reader}', *arguments)
    assert ran.err == ""
    assert ran.status == 0


@pytest.mark.parametrize("name", FORMATS)
def test_a_reader_that_goes_away_changes_no_verdict(refusing, name):
    ran = shell('"$@" | true', "check", refusing.url, "--format", name, *QUICK)
    assert ran.err == ""
    assert ran.status in {1, 3}


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(refusing, closed):
    ran = shell(f'"$@" {closed}', "check", refusing.url, *QUICK)
    assert ran.status in {1, 3}
    assert ran.err == ""
    assert ("400" in ran.out) == (">&-" not in closed or closed == "2>&-")
    wrong = shell(f'"$@" {closed}', "check", "nonsense")
    assert wrong.status == 2


def test_a_full_disk_is_told():
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full")
    for arguments in (
        ["explain", "--list"],
        ["check", "ws://127.0.0.1:1/", *QUICK],
        ["--help"],
        ["check", "ws://127.0.0.1:1/", "--dry-run"],
    ):
        ran = shell('"$@" > /dev/full', *arguments)
        assert ran.status == 2, (arguments, ran.err)
        assert "No space left" in ran.err
        assert len(ran.err.splitlines()) == 1, ran.err
    ran = shell('"$@"', "check", "ws://127.0.0.1:1/", "-o", "/dev/full", *QUICK)
    assert ran.status == 2
    assert "No space left" in ran.err


# ---- encodings and widths


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"PYTHONIOENCODING": "utf-16"}, {"PYTHONIOENCODING": "cp437"},
                                       {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}], ids=str)  # fmt: skip
def test_no_encoding_is_too_small(refusing, tmp_path, variables):
    checked = in_process(
        "check", refusing.url, "--origin", "https://exämple.test", "--budget", "1", *QUICK, **variables
    )
    assert checked.status in {1, 3}
    assert "400" in checked.out
    if variables.get("PYTHONIOENCODING") == "ascii":
        assert checked.out.isascii()
    assert in_process("check", "ws://exämple.test:x/", **variables).status == 2


@pytest.mark.parametrize("arguments", [["explain", "--list"], ["explain", "token-expired"], ["check", "--help"],
                                       ["check", "wss://127.0.0.1/é", "-H", "X: é", "--dry-run"]])  # fmt: skip
def test_ascii_is_enough_for_every_command(arguments):
    ran = in_process(*arguments, PYTHONIOENCODING="ascii")
    assert ran.status == 0
    assert ran.out.isascii()


@pytest.mark.parametrize("name", ["html", "markdown"])
def test_the_formats_of_files_are_utf_8_whatever_the_terminal_speaks(refusing, name):
    done = subprocess.run(
        command("check", refusing.url, "--format", name, "--budget", "1", *QUICK),
        env=environment(PYTHONIOENCODING="ascii"), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    text = done.stdout.decode("utf-8")
    assert not text.isascii()
    assert "\\u" not in text


@pytest.mark.parametrize("columns", ["1", "40", "80", "200", "x", "0", "-5", "99999999999"])
def test_any_width_will_do(ws101, monkeypatch, refusing, columns):
    monkeypatch.setenv("COLUMNS", columns)
    ran = ws101("check", refusing.url, "--budget", "4", *QUICK)
    widest = max(map(len, ran.out.splitlines()))
    assert widest <= 120
    if columns == "40":
        assert widest <= 60


def test_colour_is_as_the_environment_and_the_flag_want_it(ws101, monkeypatch, refusing):
    def coloured(*flags, **variables):
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            return "\x1b[" in ws101("check", refusing.url, "--budget", "1", *QUICK, *flags).out

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert not coloured()
    assert coloured(FORCE_COLOR="1")
    assert not coloured(FORCE_COLOR="1", NO_COLOR="1")
    assert not coloured(FORCE_COLOR="1", TERM="dumb")
    assert coloured("--color", "always")
    assert coloured("--color", "always", NO_COLOR="1")
    assert not coloured("--color", "never", FORCE_COLOR="1")
    assert not coloured("--color", "always", "--format", "markdown")


def test_with_json_nothing_else_is_on_stdout(refusing):
    import json

    ran = in_process("check", refusing.url, "--json", *QUICK)
    assert json.loads(ran.out)["schema"] == "ws101.report/1"
    assert ran.err == ""


# ---- the progress line


class Screen:
    """A terminal that remembers what was written."""

    def __init__(self, *, breaks=False):
        self.text, self.breaks = "", breaks
        self.written = threading.Event()

    def isatty(self):
        return True

    def write(self, text):
        self.text += text
        self.written.set()
        if self.breaks:
            raise BrokenPipeError
        return len(text)

    def flush(self):
        pass


def test_a_progress_line_takes_itself_back(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "20")
    screen = Screen()
    with ProgressLine(screen, after=0.0) as line:
        line.say("x" * 500)
        assert screen.written.wait(SECONDS)
        line.say("y" * 500)
    lines = screen.text.split("\r\x1b[K")
    assert lines[-1] == ""
    assert max(map(len, lines)) < 20, "a line that is wrapped cannot be taken back"


def test_a_progress_line_that_nobody_reads_stops_nothing(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen(breaks=True)
    with ProgressLine(screen, after=0.0) as line:
        assert screen.written.wait(SECONDS)
        line.say("more")


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_no_progress_is_shown_of_what_is_quick_or_where_it_could_not_be_taken_back(monkeypatch, term):
    monkeypatch.setenv("TERM", term)
    screen = Screen()
    with ProgressLine(screen, after=0.0 if term == "dumb" else SECONDS) as line:
        line.say("looking")
    assert screen.text == ""
    with contextlib.suppress(RuntimeError):
        line._timer.join()
