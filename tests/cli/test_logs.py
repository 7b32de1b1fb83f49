"""`ws101 logs`: the story's own logs, what cannot be read, every output, and following; the secrets in them stay there."""

import base64
import itertools
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from cli.running import FORMATS
from ws101 import render
from ws101.cli import logs_follow
from ws101.cli.logs import main, moment
from ws101.errors import UsageError

LOGS = Path(__file__).parent / "logs"
STORY = [LOGS / name for name in ("client.log", "access.log", "error.log", "server.log")]
PATH = "/api/v1/timers/notifications"
SCHEMA = json.loads((Path(render.__file__).parent / "schema.json").read_text())


def told(ran):
    document = json.loads(ran.out)
    Draft202012Validator(SCHEMA).validate(document)
    return document


# ---- the story


def test_the_story_is_told_from_its_logs(ws101):
    ran = ws101("logs", *STORY)
    assert ran.status == 1
    assert ran.out.startswith("✗ likely: Plain ws:// was spoken to a port that expects TLS")
    assert "the client says wss, and nginx saw plain HTTP on its TLS port" in ran.out
    assert "silent" in ran.out


def test_the_order_of_the_logs_does_not_matter(ws101):
    assert (
        told(ws101("logs", "--json", *STORY))["verdict"]
        == told(ws101("logs", "--json", *STORY[::-1]))["verdict"]
    )


def test_all_of_it_is_in_the_json(ws101):
    document = told(ws101("logs", "--json", *STORY))
    assert document["verdict"]["cause"] == "plaintext-to-tls-port"
    assert document["status"] == 400
    (group,) = document["chronicle"]["groups"]
    assert (group["count"], group["clients"], group["paths"]) == (2, {"203.0.113.9": 2}, {PATH: 2})
    assert [one["entries"] for one in document["chronicle"]["sources"]] == [4, 2, 2, 0]
    places = {Path(line["place"]).name for line in document["account"]["lines"]}
    assert {"client.log:1", "access.log:1", "error.log:1"} <= places
    assert [(Path(s["source"]).name, s["sure"]) for s in document["account"]["silent"]] == [
        ("server.log", True)
    ]


def test_at_level_warn_it_is_still_found_or_one_of_two_with_the_command_that_settles_it(ws101, tmp_path):
    (tmp_path / "error.log").write_text("2026/11/25 09:46:00 [warn] 31#31: a warning of something else\n")
    document = told(ws101("logs", "--json", STORY[0], STORY[1], tmp_path / "error.log", STORY[3]))
    causes = [finding["cause"] for finding in document["findings"]]
    assert causes[0] == "plaintext-to-tls-port"
    assert len(causes) == 1 or (len(causes) == 2 and document["certainty"] == "possible")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_shows_it(ws101, form):
    ran = ws101("logs", "--format", form, *STORY)
    assert ran.status == 1
    assert "plaintext-to-tls-port" in ran.out


def test_a_run_is_saved_and_shown_again(ws101, tmp_path):
    first = ws101("logs", *STORY, "--save", tmp_path / "run.json")
    assert ws101("report", tmp_path / "run.json").out == first.out


# ---- many of them

LINE = '10.0.0.7 - - [26/Nov/2026:01:02:03 +0000] "GET /ws/{} HTTP/1.1" 401 179 "-" "x"\n'


def test_rooms_by_the_thousand_are_all_in_one_group(ws101, tmp_path):
    log = tmp_path / "access.log"
    log.write_text("".join(LINE.format(room) for room in range(1500)))
    document = told(ws101("logs", "--json", log))
    assert [group["count"] for group in document["chronicle"]["groups"]] == [1500]


def test_handshakes_of_more_kinds_than_are_told_apart_are_told_of(ws101, tmp_path):
    log = tmp_path / "access.log"
    rooms = ("".join(letters) for letters in itertools.product("abcdef", repeat=4))
    log.write_text("".join(LINE.format(room) for room in itertools.islice(rooms, 1200)))
    ran = ws101("logs", log)
    assert "176 handshakes are in none of the groups" in ran.out
    assert "incomplete" in ran.out


# ---- which handshakes


def test_a_path_that_no_log_calls_a_websocket_can_be_named(ws101):
    assert ws101("logs", *STORY[1:]).status == 3
    assert ws101("logs", *STORY[1:], "--path", PATH).status == 1
    assert ws101("logs", *STORY[1:], "--url", f"wss://app.example{PATH}").status == 1
    assert (
        ws101("logs", *STORY[1:], "--url", f"wss://elsewhere.example{PATH}", "--json").out.count('"count"')
        <= 1
    )


def test_where_handshakes_are_at_other_paths_these_are_named(ws101):
    ran = ws101("logs", *STORY, "--path", "/nothing")
    assert ran.status == 3
    assert "None of the handshakes in these logs is one that is asked for" in ran.out
    assert f"ws101 logs … --path {PATH}" in ran.out


def test_what_lies_before_and_after_is_left_out(ws101):
    def count(*flags):
        groups = told(ws101("logs", "--json", *STORY[1:3], "--path", PATH, *flags))["chronicle"]["groups"]
        return sum(group["count"] for group in groups)

    assert count() == 2
    assert count("--since", "2026-11-25T09:46:42Z") == 1
    assert count("--until", "2026-11-25T10:46:42+01:00") == 1
    assert count("--since", "2026-11-25T09:46:50") == 0


def test_times_are_read_as_people_write_them():
    assert moment("90s", "--since", 1000.0) == 910
    assert moment("1.5h", "--since", 10_000.0) == 4600
    assert moment("1970-01-02", "--since", 0.0) == 86400
    assert moment("1970-01-01T01:00:00+01:00", "--since", 0.0) == 0
    assert moment(None, "--since", 0.0) is None
    for odd in ("", "soon", "h", "1w", "99999-01-01", "-5m"):
        with pytest.raises(UsageError, match="--since takes a time"):
            moment(odd, "--since", 0.0)


# ---- what cannot be read


def test_what_cannot_be_opened_makes_the_answer_incomplete_and_the_rest_goes_on(ws101, tmp_path):
    ran = ws101("logs", *STORY, tmp_path / "none.log", "docker:ws101-there-is-none", "--json")
    document = told(ran)
    assert ran.status == 1
    assert document["verdict"]["cause"] == "plaintext-to-tls-port"
    problems = [one["problem"] for one in document["chronicle"]["sources"] if one["problem"]]
    assert len(problems) == 2


def test_logs_without_a_handshake_are_no_proof_of_anything(ws101):
    ran = ws101("logs", STORY[3])
    assert ran.status == 3
    assert "No handshake was found in these logs" in ran.out
    assert "answer" not in ran.out.partition("Logs that were read")[0]


def request(path, status):
    return f'203.0.113.9 - - [25/Nov/2026:08:00:00 +0000] "GET {path} HTTP/1.1" {status} 11 "-" "-"\n'


def test_where_nothing_is_found_the_paths_are_named_that_may_be_a_websockets(ws101, tmp_path):
    log = tmp_path / "access.log"
    log.write_text(
        request("/live/feed", 400) * 3
        + request("/favicon.ico", 404) * 9
        + request("/a;b", 403)
        + request("/", 200)
    )
    ran = ws101("logs", log)
    assert "ws101 logs … --path /live/feed" in ran.out
    assert "ws101 logs … --path '/a;b'" in ran.out
    assert "favicon" not in ran.out


def test_a_log_that_cannot_be_read_is_told_of_once(ws101, tmp_path):
    for form in ("text", "markdown"):
        ran = ws101("logs", tmp_path / "none.log", "--format", form)
        assert ran.status == 3
        assert "None of these logs could be read" in ran.out
        assert " ".join(ran.out.split()).count("no such file or directory") == 1


def test_a_log_of_another_time_than_is_asked_for_tells_of_which_it_is(ws101, tmp_path):
    log = tmp_path / "access.log"
    log.write_text(request("/ws", 400))
    ran = ws101("logs", log, "--since", "2026-11-26T00:00:00Z")
    assert ran.status == 3
    assert "2026-11-25 08:00:00 UTC" in ran.out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-", "--nginx-config", "-"],
        ["a.log", "--since", "soon"],
        ["a.log", "--nginx-root", "/srv"],
        ["a.log", "--nginx-config", "/nowhere/nginx.conf"],
        ["a.log", "--saw", "101"],
        ["a.log", "--log-format", "combined"],
        ["a.log", "--url", "mailto:x"],
    ],
)
def test_wrong_usage_is_told_in_one_sentence(ws101, words):
    ws101.wrong("logs", *words)


def test_lines_of_no_known_format_are_counted_and_shown_when_asked_for(ws101, tmp_path):
    (tmp_path / "odd.log").write_text("zrk blorp\n" * 3)
    assert "3 in no known format" in ws101("logs", tmp_path / "odd.log").out
    assert "zrk blorp" not in ws101("logs", tmp_path / "odd.log").out
    assert "zrk blorp" in ws101("logs", tmp_path / "odd.log", "--unknown").out


def test_standard_input_is_a_log(tmp_path):
    said = subprocess.run(
        [sys.executable, "-m", "ws101", "logs", "-", "--path", PATH, "--json"],
        input=STORY[2].read_bytes(), capture_output=True, check=False, timeout=100,
    )  # fmt: skip
    assert (said.returncode, said.stderr) == (1, b"")
    assert json.loads(said.stdout)["verdict"]["cause"] == "plaintext-to-tls-port"


def test_the_format_is_read_from_the_configuration(ws101, tmp_path):
    (tmp_path / "nginx.conf").write_text(
        "events {} http { log_format odd '$status|$request_uri|$remote_addr|$time_iso8601|$request_method';"
        " access_log /var/log/nginx/odd.log odd; server { listen 80; } }"
    )
    (tmp_path / "odd.log").write_text("502|/ws|203.0.113.9|2026-11-25T09:46:40+00:00|GET\n")
    ran = ws101("logs", tmp_path / "odd.log", "--nginx-config", tmp_path / "nginx.conf", "--json")
    (source,) = told(ran)["chronicle"]["sources"]
    assert (source["format"], source["entries"], source["unknown"]) == ("odd", 1, 0)
    given = "$status|$request_uri|$remote_addr|$time_iso8601|$request_method"
    (source,) = told(ws101("logs", tmp_path / "odd.log", "--log-format", given, "--json"))["chronicle"][
        "sources"
    ]
    assert (source["entries"], source["unknown"]) == (1, 0)


# ---- hostile and secret


def test_what_a_log_holds_never_reaches_the_terminal_raw(ws101, tmp_path):
    nasty = b"\x1b]0;owned\x07\x1b[2J\xff\xfe\x00\xe2\x80\xae"
    lines = (
        STORY[1].read_bytes().replace(b"ktor-client", nasty)
        + b"x" * (10 << 20)
        + b"\n"
        + nasty
        + b"\ncut off"
    )
    (tmp_path / "access.log").write_bytes(lines)
    for form in FORMATS:
        ran = ws101("logs", tmp_path / "access.log", "--path", PATH, "--unknown", "--format", form)
        assert "\x1b" not in ran.said
        assert "\u202e" not in ran.said


FORMS = {
    "header": 'authorization="Bearer {}"',
    "query": '"GET /ws?token={} HTTP/1.1" 401',
    "quoted": '"GET /ws?access_token={} HTTP/1.1" 401',
    "json": '{{"level":"info","msg":"WebSocket refused","headers":{{"authorization":"Bearer {}"}}}}',
    "cookie": "Cookie: theme=dark; session={}",
    "block": "  - Authorization: Bearer {}",
    "protocol": "Sec-WebSocket-Protocol: bearer, {}",
    "password": "connecting to wss://user:{}@app.example/ws",
}


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_of_a_log_is_in_any_output(ws101, tmp_path, form):
    body = base64.urlsafe_b64encode(json.dumps({"sub": secrets.token_hex(16)}).encode()).decode().rstrip("=")
    secret = f"eyJhbGciOiJIUzI1NiJ9.{body}.{secrets.token_urlsafe(32)}"
    line = FORMS[form].format(secret if form != "quoted" else quote(secret, safe=""))
    access = f'203.0.113.9 - - [25/Nov/2026:09:46:40 +0000] "GET /ws HTTP/1.1" 401 0 "-" "x" {line}\n'
    error = f"2026/11/25 09:46:40 [error] 1#1: *1 upstream prematurely closed connection, {line}\n"
    log = tmp_path / "all.log"
    log.write_text(STORY[0].read_text() + access + error + line + "\n" + f"INFO ktor - WebSocket {line}\n")
    for output in FORMATS:
        ran = ws101("logs", log, STORY[1], "--unknown", "--format", output, "--save", tmp_path / "run.json")
        for said in (ran.said, (tmp_path / "run.json").read_text()):
            assert secret[-12:] not in said
            assert body[4:20] not in said


def test_what_another_hop_calls_otherwise_belongs_to_the_path_that_is_asked_for(ws101, tmp_path):
    (tmp_path / "access.log").write_text(
        '203.0.113.9 - - [25/Nov/2026:09:46:40 +0000] "GET /api/ws HTTP/1.1" 403 16 "-" "x"\n'
        '203.0.113.9 - - [25/Nov/2026:09:50:40 +0000] "GET /other/ws HTTP/1.1" 101 16 "-" "x"\n'
    )
    (tmp_path / "server.log").write_text(
        '2026-11-25T09:46:40.1Z INFO:     127.0.0.1:5 - "WebSocket /ws" 403\n'
        '2026-11-25T09:50:39.9Z INFO:     127.0.0.1:6 - "WebSocket /ws" [accepted]\n'
    )
    logs = [tmp_path / name for name in ("access.log", "server.log")]
    document = told(ws101("logs", *logs, "--path", "/api/ws", "--json"))
    assert [line["hop"] for line in document["account"]["lines"]] == ["proxy", "server"]
    assert [group["count"] for group in document["chronicle"]["groups"]] == [1]


# ---- following


def test_each_record_is_shown_as_it_is_written_and_the_report_at_the_end(tmp_path):
    log = tmp_path / "access.log"
    log.touch()
    command = [sys.executable, "-m", "ws101", "logs", "--follow", str(log), "--path", PATH]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    ) as running:
        assert "following" in running.stderr.readline()
        with log.open("a") as file:
            file.write(STORY[1].read_text())
        shown = running.stdout.readline()
        assert re.search(rf"proxy +400 +GET {PATH}", shown)
        os.kill(running.pid, signal.SIGINT)
        rest, said = running.communicate(timeout=100)
    assert (running.returncode, said) == (1, "")
    assert "What became of the handshakes" in rest


def test_a_stream_that_ends_ends_the_following():
    command = [sys.executable, "-m", "ws101", "logs", "--follow", "-", "--path", PATH, "--json"]
    ended = subprocess.run(
        command, input=STORY[2].read_bytes(), capture_output=True, check=False, timeout=100
    )
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["verdict"]["cause"] == "plaintext-to-tls-port"


def test_a_file_that_is_not_there_yet_is_named_and_waited_for(tmp_path):
    command = [sys.executable, "-m", "ws101", "logs", "--follow", str(tmp_path / "later.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert "following" in running.stderr.readline()
        assert running.stderr.readline().endswith("later.log is not there yet; it is waited for\n")
        os.kill(running.pid, signal.SIGINT)
        shown, _ = running.communicate(timeout=100)
    assert running.returncode == 3
    assert "No handshake was found" in shown
    assert "Logs that were read" not in shown


def test_lines_have_their_numbers_in_the_file_that_is_followed(tmp_path):
    log = tmp_path / "access.log"
    log.write_text("something else\n" * 18)
    command = [sys.executable, "-m", "ws101", "logs", "--follow", "access.log", "--path", PATH]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    ) as running:
        assert "following" in running.stderr.readline()
        with log.open("a") as file:
            file.write(STORY[1].read_text())
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=100)
    assert "access.log:19" in rest


def test_the_lines_that_stood_there_are_counted_while_others_are_followed(tmp_path, monkeypatch):
    log = tmp_path / "access.log"
    log.write_text("something else\n" * 18)
    following, waited = threading.Event(), []

    def complain(_: str) -> None:
        following.set()
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(logs_follow, "lines_before", lambda *_: waited.append(following.wait(20)) or 18)
    monkeypatch.setattr(logs_follow.streams, "complain", complain)
    assert main(["--follow", str(log)]) == 3
    assert waited == [True]


def test_a_record_without_a_time_has_that_at_which_it_came():
    line = b'INFO:     127.0.0.1:5 - "GET /ws HTTP/1.1" 404 Not Found\n'
    command = [sys.executable, "-m", "ws101", "logs", "--follow", "-", "--path", "/ws", "--json"]
    ended = subprocess.run(command, input=line, capture_output=True, check=False, timeout=100)
    (group,) = json.loads(ended.stdout)["chronicle"]["groups"]
    assert group["first"] is not None


def test_a_websocket_library_is_known_by_its_agent(ws101, tmp_path):
    line = '203.0.113.9 - - [25/Nov/2026:09:46:40 +0000] "GET /chat HTTP/1.1" 404 9 "-" "Python/3.11 websockets/15.0"\n'
    (tmp_path / "access.log").write_text(line)
    document = told(ws101("logs", tmp_path / "access.log", "--json"))
    assert [group["paths"] for group in document["chronicle"]["groups"]] == [{"/chat": 1}]
