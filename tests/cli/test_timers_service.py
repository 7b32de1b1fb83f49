"""`ws101 timers serve`, `rotate-keys` and `add-user`, as a person meets them."""

import json
import signal
import sqlite3
import subprocess
import sys
import urllib.request

import pytest

pytest.importorskip("msgspec", reason="the timer service (pip install 'ws101[timers]')")


@pytest.fixture
def served(tmp_path):
    """A service in a process of its own: its URL, its data and its log."""
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
        "--log",
        "json",
    ]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for line in child.stdout:
            if " runs at " in line:
                yield json.loads(line)["message"].rpartition(" ")[2], tmp_path / "data", child
                break
        else:
            pytest.fail(child.stderr.read())
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
        child.stderr.close()


def test_it_serves_until_it_is_told_to_stop(served):
    url, data, child = served
    with urllib.request.urlopen(f"{url}/health", timeout=60) as answer:
        assert answer.status == 200
    assert data.stat().st_mode & 0o077 == 0
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) == 0
    assert child.stderr.read() == ""


def test_keys_are_rotated_and_users_added_under_a_running_service(served, ws101, monkeypatch):
    import io

    url, data, _ = served
    before = _kids(url)
    ran = ws101("timers", "rotate-keys", "--data", data)
    assert ran.status == 0
    assert before[1] in ran.out
    assert _kids(url)[0] == before[1]
    assert before[0] in _kids(url), "it still verifies"
    monkeypatch.setattr("sys.stdin", io.StringIO("a good password\n"))
    ran = ws101(
        "timers",
        "add-user",
        "Root@example.org",
        "--data",
        data,
        "--admin",
        "root@example.org",
        "--password-stdin",
    )
    assert (ran.status, ran.out) == (0, "root@example.org has an account, as an administrator.\n")
    body = json.dumps({"email": "root@example.org", "password": "a good password"}).encode()
    request = urllib.request.Request(f"{url}/api/v1/auth/login", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.load(answer)["user"]["email"] == "root@example.org"


def _kids(url):
    with urllib.request.urlopen(f"{url}/.well-known/jwks.json", timeout=60) as answer:
        return [key["kid"] for key in json.load(answer)["keys"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sevre"], "Did you mean serve?"),
        (["serve", "--prot", "1"], "Did you mean --port?"),
        (["serve", "--port", "x"], "a whole number was expected"),
        (["serve", "--config", "/nowhere.toml"], "No such file"),
        (["serve", "--algorithm", "HS256"], "--secret-file"),
        (["serve", "extra"], "more than is expected"),
        (["rotate-keys", "--algorithm", "HS256"], "secret file"),
        (["add-user"], "EMAIL"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_exit_2(ws101, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    ran = ws101("timers", *words)
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_short_secret_does_not_start_the_service(ws101, tmp_path):
    (tmp_path / "secret").write_text("secret")
    ran = ws101(
        "timers",
        "serve",
        "--data",
        tmp_path / "data",
        "--algorithm",
        "HS256",
        "--secret-file",
        tmp_path / "secret",
    )
    assert ran.status == 2
    assert "32 or more" in ran.err


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [("no-address", "a good password", "email"), ("a@b.c", "short", "password")],
)
def test_a_user_that_cannot_be(ws101, tmp_path, monkeypatch, email, password, said):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    ran = ws101("timers", "add-user", email, "--data", tmp_path, "--password-stdin")
    assert ran.status == 2
    assert said in ran.err
    assert password not in ran.err


def test_a_user_needs_a_database(ws101, tmp_path, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("a good password\n"))
    ran = ws101("timers", "add-user", "a@b.c", "--data", tmp_path, "--password-stdin")
    assert (ran.status, "there is no database" in ran.err) == (2, True)


def test_another_programs_database_is_left_alone(ws101, tmp_path, monkeypatch):
    with sqlite3.connect(tmp_path / "timers.sqlite3") as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    ran = ws101("timers", "serve", "--data", tmp_path, "--port", "0")
    assert (ran.status, "another program's" in ran.err) == (2, True)


def test_each_command_tells_its_flags(ws101):
    assert "serve" in ws101("timers", "--help").out
    for name in ("serve", "rotate-keys", "add-user"):
        ran = ws101("timers", name, "--help")
        assert ran.status == 0
        assert "--metrics-from" in ran.out
        assert "WS101_TIMERS_" in ran.out


def test_a_missing_extra_is_told_with_how_to_get_it():
    script = "import sys; sys.modules['starlette'] = None; from ws101.cli import run; sys.exit(run(['timers', 'serve']))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, "pip install 'ws101[timers]'" in ran.stderr) == (3, True)
