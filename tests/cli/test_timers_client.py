"""The client's commands against the real service, which runs as a process of its own."""

import json
import re
import signal
import stat
import subprocess
import time

import pytest

from cli.running import Ran, check_sane, command, environment
from ws101.timers.client.credentials import Credentials, Vault

PASSWORD = "canary-password-of-ada"
OFF = {"WS101_TIMERS_KEYRING": "off"}


class Service:
    """`ws101 timers serve`; it can be ended and begun again at the same port."""

    def __init__(self, data):
        self._data, self._port = data, "0"
        self.start()

    def start(self):
        log = self._data / "log"
        words = (
            "timers",
            "serve",
            "--port",
            self._port,
            "--data",
            self._data / "data",
            "--log",
            "json",
            "--drain-timeout",
            "1",
        )
        with log.open("wb") as file:
            self._process = subprocess.Popen(command(*words), stdout=file, stderr=file, env=environment())
        while not (found := re.search(r"runs at (http://127\.0\.0\.1:(\d+))", log.read_text())):
            assert self._process.poll() is None, log.read_text()
        self.url, self._port = found.groups()

    @property
    def log(self):
        return (self._data / "log").read_text()

    def says(self, text):
        """Wait until the log holds a text; its lines are written a moment after the answers."""
        while text not in self.log:
            time.sleep(0.01)
        return True

    def stop(self, how=signal.SIGTERM):
        self._process.send_signal(how)
        self._process.wait(60)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    made = Service(tmp_path_factory.mktemp("service"))
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WS101_TIMERS_PROFILES", str(tmp_path / "timers.toml"))
    monkeypatch.setenv("WS101_TIMERS_KEYRING", "off")
    monkeypatch.delenv("WS101_TIMERS_PROFILE", raising=False)
    return tmp_path


@pytest.fixture
def timers(ws101, service, home, monkeypatch, request):
    """Run `ws101 timers …` as a new user who is signed in."""

    def call(*words, given=""):
        class Typed:
            isatty = staticmethod(lambda: False)
            readline = staticmethod(lambda: given)

        monkeypatch.setattr("sys.stdin", Typed)
        ran = ws101("timers", *words)
        assert PASSWORD not in ran.said
        return ran

    email = f"{request.node.name[:40]}@x.test".replace("[", "-").replace("]", "")
    words = ("login", "--url", service.url, "--email", email, "--password-stdin", "--register")
    call.email = email
    signed_in = call(*words, given=PASSWORD + "\n")
    assert signed_in.status == 0, signed_in.said
    return call


def login(home):
    return Vault(home, OFF).load("dev")


def tamper(home, **changes):
    kept = json.loads((home / "dev.login.json").read_text())
    (home / "dev.login.json").write_text(json.dumps({**kept, **changes}))


class Watching:
    """`ws101 timers watch` as a process; its lines are read as they come."""

    def __init__(self, *words):
        self.process = subprocess.Popen(
            command("timers", "watch", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        self.seen = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def until(self, pattern):
        for line in self.process.stdout:
            self.seen.append(line)
            if re.search(pattern, line):
                return line
        raise AssertionError(f"it ended before {pattern!r}: {self.seen} {self.process.stderr.read()}")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def end(self):
        out, err = self.process.communicate(timeout=60)
        ran = Ran(self.process.returncode, "".join(self.seen) + out, err)
        check_sane(ran)
        return ran


# ---- signing in


def test_signing_in_keeps_a_private_login_and_the_profile(timers, service, home):
    assert stat.S_IMODE((home / "dev.login.json").stat().st_mode) == 0o600
    assert (home / "timers.toml").read_text() == f'[dev]\nurl = "{service.url}"\n'
    assert login(home).email == timers.email
    out = timers("login", "--email", timers.email, "--password-stdin", given=PASSWORD + "\n").out
    assert out.startswith(f"Signed in to dev ({service.url}) as {timers.email}.\n")
    assert timers("logout").out == "Signed out of dev.\n"
    assert "not signed in to dev. Sign in: ws101 timers login" in timers("lists").err


def test_a_wrong_password_and_a_known_address_are_told(timers):
    wrong = timers("login", "--email", timers.email, "--password-stdin", given="wrong-password\n")
    assert (wrong.status, wrong.err) == (
        1,
        "ws101 timers: There is no account with this e-mail address and password.\n",
    )
    again = timers("login", "--register", "--email", timers.email, "--password-stdin", given=PASSWORD)
    assert again.status == 1
    assert "has an account" in again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("login",), "Give --email and --password-stdin"),
        (("login", "--password-stdin"), "Give --email too"),
        (("login", "--email", "a@x.test"), "Use --password-stdin"),
        (
            ("login", "--url", "http://h.test:443", "--email", "a@x.test", "--password-stdin"),
            "Write https://h.test",
        ),
        (("login", "--profile", "prod"), "Make it: ws101 timers login --profile prod --url"),
        (("login", "--profile", "../x", "--url", "http://h.test"), "up to 40 letters"),
        (("login", "--cacert", "/nonexistent"), "No such file"),
        (("lists", "--profile", "prod"), "There are dev"),
        (("new",), "say what to make"),
        (("new", "timer", "Work", "Focus", "5"), "is no duration"),
        (("new", "list", "x" * 256), "1 to 255 characters"),
        (("strat",), "Did you mean start?"),
    ],
)
def test_what_cannot_be_done_is_told(ws101, monkeypatch, words, said):
    class Nobody:
        isatty = staticmethod(lambda: False)
        readline = staticmethod(lambda: "")

    monkeypatch.setattr("sys.stdin", Nobody)
    assert said in ws101.wrong("timers", *words)


@pytest.mark.parametrize("words", [("lists",), ("start",), ("watch",), ("logout",), ("new", "list", "x")])
def test_who_is_not_signed_in_is_told_how_to(ws101, words):
    ran = ws101("timers", *words)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "ws101 timers: you are not signed in to dev. Sign in: ws101 timers login\n"


def test_a_service_that_is_away_is_told_with_what_finds_out_why(ws101, home):
    url = "http://127.0.0.1:9"
    Vault(home, OFF).save(
        "dev",
        Credentials(url=url, email="a", token="t" * 30, refresh_token="r", expires_at=9**15, device="d"),
    )
    (home / "timers.toml").write_text(f'[dev]\nurl = "{url}"\n')
    ran = ws101("timers", "lists")
    assert ran.status == 3
    assert "127.0.0.1:9 cannot be reached: nothing listens there (connection refused)." in ran.err
    assert "ws101 check ws://127.0.0.1:9/api/v1/timers/notifications" in ran.err
    status = ws101("timers", "status")
    assert status.status == 3
    assert "nothing listens there" in status.out
    diagnosed = ws101("timers", "watch", "--diagnose")
    assert diagnosed.status == 1
    assert "port-refused" in diagnosed.out


# ---- lists and timers


def test_a_day_with_timers(timers):
    assert "Make one: ws101 timers new list Work" in timers("lists").out
    assert timers("new", "list", "Work", "--loop").out.startswith("Made the list Work (")
    assert timers("new", "timer", "wo", "Focus", "25m").out.startswith(
        "Made the timer Focus of 25:00 in Work."
    )
    timers("new", "timer", "Work", "Break", "5:00", "--quiet")
    assert timers("start").out == "Focus runs: 25:00 left (Work).\n"
    refused = timers("start", "Work", "Break")
    assert refused.status == 1
    assert "“Focus” is running" in refused.err
    assert re.fullmatch(r"Focus is paused: 2[45]:\d\d left \(Work\)\.\n", timers("pause", "work").out)
    assert "Focus runs" in timers("resume", "Work").out
    assert "Focus is stopped" in timers("stop", "Work", "foc").out
    assert "Break runs: 5:00 left" in timers("restart", "Work", "br").out
    rows = timers("lists").out.splitlines()
    assert rows[0] == "Work  loops"
    assert rows[1].startswith("  ■ Focus")
    assert re.fullmatch(r"  ▶ Break      [45]:\d\d of 5:00     runs", rows[2])
    assert [held["name"] for held in json.loads(timers("lists", "--json").out)] == ["Work"]
    timers("new", "list", "Workshop")
    assert "any of these lists" in timers("start", "wor").err
    assert "say which list: Work, Workshop" in timers("start").err
    assert "There are: Work, Workshop" in timers("start", "home").err


def test_status_tells_all(timers, service):
    ran = timers("status", "--verbose")
    assert ran.status == 0, ran.said
    assert f"service    {service.url}\n" in ran.out
    assert "health     alive, and takes new work\n" in ran.out
    assert f"signed in  {timers.email}, kept in " in ran.out
    assert re.search(r"socket     ws://.* opens in \d+ ms\n", ran.out)
    assert re.search(
        r"clock      the service's is \d+ ms (ahead of|behind) this machine's \(± \d+ ms\)\n", ran.out
    )
    assert ran.err.startswith("🔌 [WebSocket] Connecting to ws://127.0.0.1:")
    assert ran.err.endswith("✅ WebSocket connected\n")


def test_a_login_that_has_expired_is_renewed_unnoticed(timers, home):
    before = login(home)
    tamper(home, expires_at=5)
    assert timers("lists").status == 0
    assert login(home).token != before.token
    assert login(home).refresh_token != before.refresh_token


def test_a_login_that_cannot_be_renewed_has_ended(timers, home):
    tamper(home, expires_at=5, refresh_token="canary-refresh-token-of-ada")
    for words in (("lists",), ("watch",), ("watch", "--diagnose"), ("status",)):
        ran = timers(*words)
        assert ran.status == 1
        assert "your login has ended" in ran.said
        assert "Sign in: ws101 timers login" in ran.said
        assert "canary" not in ran.said.replace(PASSWORD, "")


# ---- watching


def test_a_timer_that_ends_is_told_and_acknowledged(timers, home):
    timers("new", "list", "Work")
    timers("new", "timer", "Work", "Tea", "4s")
    with Watching() as watch, Watching("--json") as other:
        watch.until("Tea")
        other.until('"Lists"')
        timers("start", "Work")
        watch.until(r"Tea runs: 0:0\d left")
        watch.until(r"\d\d:\d\d:\d\d Tea \(Work\) is over")
        completed = json.loads(other.until("TimerCompleted"))
        assert completed["timer"]["state"] == "COMPLETED"
        assert completed["notify"]
        for each in (watch, other):
            ended = each.stop()
            assert ended.status == 0, ended.said
            assert ended.err == ""


def test_what_happens_while_the_service_is_away_is_told_afterwards(timers, service):
    timers("new", "list", "Work")
    timers("new", "timer", "Work", "Tea", "2s")
    with Watching() as watch:
        watch.until("Tea")
        timers("start", "Work")
        watch.until("Tea runs")
        service.stop(signal.SIGKILL)
        watch.until("the connection broke; trying again in")
        service.start()
        watch.until("live at dev")
        watch.until(r"Tea \(Work\) is over")
        ended = watch.stop()
    assert ended.status == 0
    assert ended.out.count("Tea (Work) is over") == 1


def test_a_session_that_is_ended_elsewhere_ends_the_watch(timers):
    with Watching() as watch:
        watch.until("no lists yet")
        timers("logout")
        ended = watch.end()
    assert ended.status == 1
    assert "4401 session-ended" in ended.err
    assert "Sign in: ws101 timers login" in ended.err


def _spoiled(token):
    head, _, signature = token.rpartition(".")
    return f"{head}.{'A' * 20}{signature[20:]}"


def test_a_refused_token_stops_at_once_and_is_explained(timers, home, service):
    token = _spoiled(login(home).token)
    tamper(home, token=token)
    ran = timers("watch", "--verbose")
    assert ran.status == 1
    assert "The token's signature does not fit" in ran.err
    assert "Who must act: you. Trace " in ran.err
    assert (
        "Sign in: ws101 timers login\nFind out why: ws101 timers watch --diagnose, or: ws101 check ws://"
        in ran.err
    )
    assert (
        "🚫 [WebSocket] Failed to connect to WebSocket: Handshake exception, expected status code 101 but was 401"
        in ran.err
    )
    assert ran.err.count("Connecting to") == 1
    trace = re.search(r"Trace ([0-9a-f]{32})", ran.err)[1]
    assert service.says(f'"traceId":"{trace}"')
    assert "Sign in: ws101 timers login" in timers("lists").err


def test_the_doctor_examines_what_failed(timers, home):
    tamper(home, token=_spoiled(login(home).token))
    ran = timers("watch", "--diagnose")
    assert ran.status == 1
    assert "token-signature-invalid" in ran.out
    assert "User-Agent: ws101-timers/" in ran.out
    assert f"device={login(home).device}" in ran.out


# ---- secrets


def test_no_secret_is_in_any_output(timers, home, service):
    """The token whole, its payload and its signature, the refresh token and the password; in no command's words."""
    timers("new", "list", "Work")
    kept = login(home)
    said = [
        timers(*words).said
        for words in (("status", "--verbose"), ("lists",), ("lists", "--json"), ("start", "x"))
    ]
    with Watching("--verbose") as watch:
        watch.until("Work")
        said.append(watch.stop().said)
    spoiled = _spoiled(kept.token)
    tamper(home, token=spoiled)
    said += [
        timers(*words).said
        for words in (("watch", "--verbose"), ("watch", "--diagnose"), ("status", "--verbose"))
    ]
    tamper(home, expires_at=5, refresh_token=kept.refresh_token[:-16] + "canary-of-a-test")
    said += [timers(*words).said for words in (("watch", "--verbose"), ("logout",))]
    everything = "\n".join([*said, service.log, (home / "timers.toml").read_text()])
    secrets = [PASSWORD, *kept.token.split(".")[1:], *spoiled.split(".")[2:], kept.refresh_token]
    for secret in secrets:
        for start in range(0, len(secret) - 16, 8):
            assert secret[start : start + 16] not in everything, "a piece of a secret"
