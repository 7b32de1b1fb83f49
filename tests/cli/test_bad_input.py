"""What cannot be used is refused with a sentence that says what to do instead: exit status 2, nothing sent, no traceback."""

import json
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.peers import REFUSAL, Peer, answering
from cli.running import QUICK
from ws101.cli import COMMANDS
from ws101.errors import UsageError
from ws101.handshake.target import read_url
from ws101.question import Question, sending, target

NOWHERE = "ws://127.0.0.1:1/"

URLS = {
    "empty": ("", "is no URL"),
    "blanks": ("   ", "is no URL"),
    "no scheme": ("example.com/ws", "no scheme"),
    "host and port alone": ("localhost:8080", "no scheme"),
    "no scheme but one in the query": ("example.com/?next=ws://x", "no scheme"),
    "unknown scheme": ("ftp://example.com/", "'ftp' is none of ws, wss"),
    "long scheme": ("x" * 9999 + "://h/", "is none of ws, wss"),
    "no host": ("ws:///path", "names no host"),
    "port alone": ("ws://:80/", "names no host"),
    "userinfo alone": ("ws://user@/", "names no host"),
    "port of letters": ("ws://h:http/", "is no number from 1 to 65535"),
    "port 0": ("ws://h:0/", "is no number from 1 to 65535"),
    "port 65536": ("ws://h:65536/", "is no number from 1 to 65535"),
    "negative port": ("ws://h:-1/", "is no number from 1 to 65535"),
    "port of 5000 digits": (f"ws://h:{'9' * 5000}/", "is no number from 1 to 65535"),
    "Arabic digits": ("ws://h:٨٠/", "is no number from 1 to 65535"),
    "two ports": ("ws://h:80:81/", "is no number from 1 to 65535"),
    "blank in the host": ("ws://ex ample.com/", "holds blanks or control characters"),
    "blank in the path": ("ws://h/a b", "holds blanks or control characters"),
    "line break": ("ws://h/a\r\nX-Evil: 1", "holds blanks or control characters"),
    "NUL": ("ws://h/a\0b", "holds blanks or control characters"),
    "escape": ("ws://h/\x1b[2J", "holds blanks or control characters"),
    "delete": ("ws://h/\x7f", "holds blanks or control characters"),
    "fragment": ("ws://h/ws#top", "fragment"),
    "empty fragment": ("ws://h/ws#", "fragment"),
    "bracket not closed": ("ws://[::1/", "host cannot be read"),
    "bracket not opened": ("ws://::1]/", "host cannot be read"),
    "brackets around a name": ("ws://[localhost]/", "host cannot be read"),
    "IPv6 without brackets": ("ws://fe80::1/", "is no number from 1 to 65535"),
    "empty label": ("ws://ä..example/", "is no host name"),
    "label of 100": (f"ws://{'ä' * 100}.example/", "is no host name"),
    "host of 100 KB": (f"ws://{'a' * 100_000}/", "is no host name"),
    "non-ASCII host of 100 KB": (f"ws://{'é' * 100_000}/", "is no host name"),
    "host that is no UTF-8": ("ws://h\udcff.example/", "is no host name"),
    "fraction lookalike": ("ws://a\u2100b/", "host cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", URLS)
def test_a_malformed_url_is_refused(ws101, name):
    url, said = URLS[name]
    assert said in ws101.wrong("check", url)


@pytest.mark.parametrize("name", URLS)
def test_a_malformed_url_of_the_server_itself_is_refused_by_its_flag(ws101, name):
    url, said = URLS[name]
    complaint = ws101.wrong("check", NOWHERE, "--direct", url)
    assert said in complaint
    assert "--direct" in complaint


@pytest.mark.parametrize(
    "url",
    [
        "ws://alice:s3cr3t-part@h:http/",
        "ws://alice:s3cr3t-part/x@h/",
        "ws://alice:s3cr3t-part?x@h/",
        "h/?token=s3cr3t-part@x",
        "ws://h:99999/?token=s3cr3t-part",
        "s3cr3t-part@h",
        "ws://s3cr3t-part@[h/",
    ],
)
def test_a_malformed_url_is_repeated_without_what_may_be_a_secret(ws101, url):
    assert "s3cr3t" not in ws101.wrong("check", url)
    assert "s3cr3t" not in ws101.wrong("check", NOWHERE, "--direct", url)


@pytest.mark.parametrize(
    ("url", "target_sent"),
    [
        ("ws://127.0.0.1:{}/%zz%", "/%zz%"),
        ("ws://127.0.0.1:{}/é", "/%C3%A9"),
        ("ws://127.0.0.1:{}/\udcff", "/%FF"),
        ('ws://127.0.0.1:{}/a|b"<>^`{{}}\\', "/a%7Cb%22%3C%3E%5E%60%7B%7D%5C"),
        ("ws://127.0.0.1:{}?a=b", "/?a=b"),
        ("HTTP://127.0.0.1:{}//x/../y;z", "//x/../y;z"),
        ("ws://us%65r:p%40ss@127.0.0.1:{}/", "/"),
        ("ws://\udcff:é@127.0.0.1:{}/", "/"),
    ],
)  # fmt: skip
def test_an_odd_url_is_sent_as_a_client_would_send_it(ws101, url, target_sent):
    with Peer(answering(lambda head: peer.heads.append(head) or REFUSAL)) as peer:
        ran = ws101("check", url.format(peer.port), "--budget", "1", *QUICK)
    assert ran.status in {1, 3}
    assert peer.heads[0].split(b" ")[1].decode() == target_sent


def test_a_url_of_100_kb_is_sent_and_answered(ws101):
    with Peer(answering(REFUSAL)) as peer:
        ran = ws101("check", f"{peer.url}?{'a=%zz&' * 17_000}", "--budget", "3", *QUICK, "--max-time", "20")
    assert ran.status in {1, 3}


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(), st.text(st.sampled_from("ws:/@[]?#%.h0\x00\n é\udcff"), max_size=30).map("ws://".__add__)
    )
)
def test_any_text_is_a_url_or_is_refused(text):
    try:
        address = read_url(text)
    except UsageError:
        return
    question = Question(text)
    assert sending(question).request.target == address.target
    assert 0 < target(question).port < 65536


# ---- tokens


TOKENS = {
    "empty": ("", "is empty"),
    "blank": ("  ", "is empty"),
    "line break alone": ("\r\n", "is empty"),
    "LF in the middle": ("abcd\nefgh", "2 lines"),
    "CRLF in the middle": ("abcd\r\nefgh\r\n", "2 lines"),
    "CR in the middle": ("abcd\refgh", "2 lines"),
    "five lines": ("a\nb\nc\nd\ne\n", "5 lines"),
    "escape": ("abc\x1b[2J", "control character"),
    "NUL": ("abc\0def", "control character"),
    "delete": ("abc\x7f", "control character"),
}


@pytest.mark.parametrize(
    ("name", "way"),
    [(name, way) for name in TOKENS for way in ("flag", "file", "env") if (name, way) != ("NUL", "env")],
)
def test_a_token_that_no_field_can_carry_is_refused(ws101, tmp_path, monkeypatch, name, way):
    token, said = TOKENS[name]
    complaint = ws101.wrong("check", NOWHERE, *_token(way, token, tmp_path, monkeypatch))
    assert said in complaint
    assert {"flag": "--token", "file": "--token-file", "env": "$MY_TOKEN"}[way] in complaint
    assert "efgh" not in complaint


def _token(way, token, tmp_path, monkeypatch):
    if way == "flag":
        return [f"--token={token}"]
    if way == "env":
        monkeypatch.setenv("MY_TOKEN", token)
        return ["--token-env", "MY_TOKEN"]
    (tmp_path / "token").write_bytes(token.encode("utf-8", "surrogateescape"))
    return ["--token-file", str(tmp_path / "token")]


@pytest.mark.parametrize("way", ["flag", "file", "env"])
@pytest.mark.parametrize(
    ("token", "sent"),
    [
        ("opaque-token\n", b"Bearer opaque-token"),
        ("opaque-token\r\n", b"Bearer opaque-token"),
        ('"opaque-token"', b'Bearer "opaque-token"'),
        ("tökén", b"Bearer t\xc3\xb6k\xc3\xa9n"),
        ("raw\udcff", b"Bearer raw\xff"),
        ("Bearer opaque", b"Bearer opaque"),
    ],
)
def test_a_token_that_a_field_can_carry_is_sent_as_given(ws101, tmp_path, monkeypatch, token, sent, way):
    with Peer(answering(lambda head: peer.heads.append(head) or REFUSAL)) as peer:
        given_by = _token(way, token, tmp_path, monkeypatch)
        ran = ws101("check", peer.url, "--budget", "1", *QUICK, *given_by)
    assert ran.status in {1, 3}
    assert b"\r\nAuthorization: " + sent + b"\r\n" in peer.heads[0]


def test_a_token_is_given_once(ws101, tmp_path):
    (tmp_path / "token").write_text("one")
    complaint = ws101.wrong("check", NOWHERE, "--token", "two", "--token-file", tmp_path / "token")
    assert "twice" in complaint
    assert "two" not in complaint.replace("twice", "")


@pytest.mark.parametrize("name", ["NO_SUCH_VARIABLE", "", "eyJhbGciOiJub25lIn0.e30.", "hunter2-hunter2"])
def test_a_variable_that_is_not_set_is_named_if_it_looks_like_one(ws101, name):
    complaint = ws101.wrong("check", NOWHERE, "--token-env", name)
    assert "is not set" in complaint
    assert (name in complaint) == (name in {"NO_SUCH_VARIABLE", ""})


# ---- files

FILES = {
    "--cacert": (),
    "--cert": (),
    "--key": ("--cert", "{pem}"),
    "--jwt-secret-file": (),
    "--jwks": (),
    "--token-file": (),
}
PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


@pytest.fixture
def broken_files(tmp_path):
    """Files that cannot be used, by what is wrong with them."""
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "empty").write_bytes(b"")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(5 << 30)
    unreadable = tmp_path / "unreadable"
    unreadable.write_text("x")
    unreadable.chmod(0)
    return {
        "absent": tmp_path / "absent",
        "in an absent directory": tmp_path / "absent" / "file",
        "beneath a file": tmp_path / "binary" / "file",
        "a directory": tmp_path,
        "binary": tmp_path / "binary",
        "empty": tmp_path / "empty",
        "huge": tmp_path / "huge",
        "endless": "/dev/zero",
        # root reads what is forbidden to others, but not its own memory at address 0
        "unreadable": "/proc/self/mem" if os.access(unreadable, os.R_OK) else unreadable,
        "a NUL in its name": "a\0b",
        "a long name": "a" * 5000,
        "an empty name": "",
    }


KINDS = ["absent", "in an absent directory", "beneath a file", "a directory", "binary", "empty", "huge", "endless",
         "unreadable", "a NUL in its name", "a long name", "an empty name"]  # fmt: skip


@pytest.mark.parametrize(
    ("flag", "kind"),
    [(flag, kind) for flag in FILES for kind in KINDS if (flag, kind) != ("--jwt-secret-file", "binary")],
)
def test_a_file_that_cannot_be_used_is_refused(ws101, broken_files, certificate, flag, kind):
    further = [str(certificate) if word == "{pem}" else word for word in FILES[flag]]
    complaint = ws101.wrong("check", NOWHERE, *further, f"{flag}={broken_files[kind]}")
    assert "secret" in complaint.lower() or "key set" in complaint or flag in complaint


@pytest.mark.parametrize("flag", ["--cacert", "--cert", "--key"])
def test_a_pipe_is_refused_where_a_file_is_read_more_than_once(ws101, tmp_path, certificate, flag):
    os.mkfifo(tmp_path / "pipe")
    further = ["--cert", certificate] if flag == "--key" else []
    assert "cannot be read twice" in ws101.wrong("check", NOWHERE, *further, flag, tmp_path / "pipe")


@pytest.mark.parametrize("flag", ["--cacert", "--cert"])
def test_a_pem_file_that_holds_no_certificate_is_refused_before_anything_is_sent(ws101, tmp_path, flag):
    (tmp_path / "file.pem").write_text(PEM)
    with Peer(answering(REFUSAL)) as peer:
        ws101.wrong("check", peer.url, flag, tmp_path / "file.pem")
    assert peer.connections == 0


def test_a_key_without_its_certificate_is_refused(ws101, certificate):
    assert "--cert" in ws101.wrong("check", NOWHERE, "--key", certificate)


@pytest.mark.parametrize("text", ["{", "[]", '{"keys": 1}', '{"keys": [1]}', "[" * 100_000, "\ufeff", PEM])
def test_a_key_set_that_is_none_is_refused(ws101, tmp_path, text):
    (tmp_path / "jwks.json").write_text(text, encoding="utf-8")
    assert "key set" in ws101.wrong("check", NOWHERE, "--jwks", tmp_path / "jwks.json")


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_run_that_cannot_be_used_is_refused(ws101, broken_files, kind):
    ws101.wrong("report", broken_files[kind])


@pytest.mark.parametrize(
    "text",
    [
        "null", "1", "[]", "{}", '{"schema": "ws101.run/1"}', '{"schema": "ws101.run/1", "report": {}}', "[" * 100_000,
        '{"schema": "ws101.run/2", "report": {}}', '{"schema": "ws101.run/1", "report": {"status": NaN}}', "1" * 5000,
        '{"schema": "\x1b[2J"}',
    ],
)  # fmt: skip
def test_a_saved_run_that_is_another_thing_is_refused(ws101, tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    assert "the saved run" in ws101.wrong("report", tmp_path / "run.json")


# What runs lack that were saved before a server's own record, or logs, could be read.
LATER = {"seen", "account", "chronicle"}


def test_a_saved_run_is_shown_as_it_was_and_survives_no_missing_part(ws101, tmp_path):
    path = tmp_path / "run.json"
    first = ws101("check", NOWHERE, "--save", path, *QUICK)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = ws101("report", path)
    assert (again.status, again.out) == (first.status, first.out)
    whole = json.loads(path.read_text())
    for name in whole["report"]:
        path.write_text(
            json.dumps({**whole, "report": {n: v for n, v in whole["report"].items() if n != name}})
        )
        if name in LATER:
            assert ws101("report", path).out == first.out
        else:
            assert name in ws101.wrong("report", path)


@pytest.mark.parametrize("flag", ["--output", "--save"])
@pytest.mark.parametrize("place", ["absent/file", "", "file/under", "n" * 300])
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_sent(ws101, tmp_path, flag, place):
    (tmp_path / "file").write_text("x")
    with Peer(answering(REFUSAL)) as peer:
        assert flag in ws101.wrong("check", peer.url, flag, tmp_path / place, *QUICK)
    assert peer.connections == 0


# ---- flags

FLAGS = [
    ("--resolve", "x"), ("--resolve", "h:80"), ("--resolve", "h:80:"), ("--resolve", "h:80:name"), ("--resolve", "h:0:::1"),
    ("--resolve", "h:65536:127.0.0.1"), ("--resolve", "h:²:127.0.0.1"), ("--resolve", "h:80:127.0.0.1,"),
    ("--resolve", ":80:127.0.0.1"), ("--resolve", ""), ("--resolve", "\x1b[2J" * 99_999),
    ("--connect-to", "x"), ("--connect-to", "::::"), ("--connect-to", "a:1:b]:80"), ("--connect-to", "a:1:[b:80"),
    ("--connect-to", "a:1:b:²"), ("--connect-to", "a:1:b:0"), ("--connect-to", "a:1:b:70000"), ("--connect-to", "a:x:b:80"),
    ("--connect-to", "a:1::80"), ("--connect-to", "a:1:ü..:80"), ("--connect-to", ""), ("--connect-to", "a:1:b c:80"),
    ("--budget", "0"), ("--budget", "-1"), ("--budget", "x"), ("--budget", "²"), ("--budget", "9" * 5000), ("--budget", ""),
    ("--budget", "1e3"), ("--budget", "1.5"),
    ("--hold", "-1"), ("--hold", "nan"), ("--hold", "inf"), ("--hold", "1e9"), ("--hold", "9" * 400), ("--hold", "5s"),
    ("--max-time", "-0.1"), ("--max-time", "x"), ("--max-time", ""), ("--max-time", "٣"),
    ("--connect-timeout", "soon"), ("--answer-timeout", "-1"),
    ("--saw", "x"), ("--saw", "99"), ("--saw", "600"), ("--saw", "101"), ("--saw", "4OO"), ("--saw", "²00"), ("--saw", ""),
    ("--format", "yaml"), ("--color", "sometimes"),
    ("--header", "no colon"), ("--header", ""), ("--header", ":"), ("--header", ": value"), ("--header", ";"),
    ("--header", "A: b\r\nC: d"), ("--header", "A: b\nC: d"), ("--header", "A\n: b"), ("--header", "A: \0"),
    ("--origin", "https://h\r\nX: y"), ("--subprotocol", "a\nb"),
    ("--proxy", "http://"), ("--proxy", "://"), ("--proxy", "http://:80"), ("--proxy", "http://h:x"),
    ("--proxy", "http://h:0"), ("--proxy", "http://h:70000"), ("--proxy", "http://[::1"), ("--proxy", "h\r\nX: y:80"),
    ("--proxy", "socks5://h:1080"), ("--proxy", "socks5h://h:1080"), ("--proxy", "ftp://h:21"), ("--proxy", "a b"),
    ("--proxy", "\x1b[2J://h"), ("--proxy", "http://user:s3cr3t@"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("flag", "value"), FLAGS, ids=lambda text: text[:24].encode("ascii", "backslashreplace").decode()
)
def test_a_value_that_a_flag_cannot_take_is_refused_by_the_flag(ws101, flag, value):
    complaint = ws101.wrong("check", NOWHERE, f"{flag}={value}")
    assert flag in complaint
    assert "s3cr3t" not in complaint


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("value", ["socks5://h:1", "http://s3cr3t@", "nonsense://h"])
def test_a_proxy_of_the_environment_that_cannot_be_used_is_refused_by_its_name(
    ws101, monkeypatch, name, value
):
    monkeypatch.setenv(name, value)
    complaint = ws101.wrong("check", "wss://127.0.0.1:1/")
    assert name in complaint
    assert "s3cr3t" not in complaint


@pytest.mark.parametrize(
    "words",
    [
        ["--tokn", "s3cr3t-value"],
        ["--tokn=s3cr3t-value"],
        ["--toke", "s3cr3t-value"],
        ["--token", "Bearer", "s3cr3t-value"],
        ["-Zs3cr3t-value"],
        ["--", "s3cr3t-value"],
        ["--header"],
        ["--token"],
    ],
)
def test_an_unknown_flag_is_named_without_its_value(ws101, words):
    complaint = ws101.wrong("check", NOWHERE, *words)
    assert "s3cr3t" not in complaint
    assert "--help" in complaint or "Did you mean --token?" in complaint


@pytest.mark.parametrize("command", [*COMMANDS, "nothing"])
def test_every_command_refuses_a_flag_that_does_not_exist(ws101, command):
    ran = ws101(command, "--no-such-flag=s3cr3t")
    assert ran.status == 2
    assert "s3cr3t" not in ran.said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(ws101, command):
    ran = ws101(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert f"ws101 {command}" in ran.out


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["-h"]])
def test_without_a_command_the_commands_are_named(ws101, words):
    ran = ws101(*words)
    assert ran.status == (0 if words else 2)
    assert all(f"ws101 {command}" in ran.out for command in COMMANDS)


@pytest.mark.parametrize("word", ["chekc", "", "\x1b[2J", "wss://alice:s3cr3t@h/?token=s3cr3t", "é" * 9999])
def test_an_unknown_command_is_refused(ws101, word):
    ran = ws101(word, "--token", "s3cr3t")
    assert ran.status == 2
    assert "s3cr3t" not in ran.said
    assert "ws101 check URL" in ran.said or "no command" in ran.said


@pytest.mark.parametrize("words", [["check"], ["report"], ["explain", "no-such-cause"], ["token"], ["lab"], ["lab", "run", "no-such-fault"],
                                   ["explain", "\x1b[2J"], ["token", ""], ["token", "a\nb"], ["lab", "serve"], ["lab", "x"]])  # fmt: skip
def test_what_a_command_needs_is_asked_for(ws101, words):
    ws101.wrong(*words)


def test_a_field_with_odd_bytes_is_sent_as_given(ws101):
    with Peer(answering(lambda head: peer.heads.append(head) or REFUSAL)) as peer:
        ran = ws101("check", peer.url, "--budget", "1", *QUICK, "-H", "X-Näme: wért\x1b", "-H", "X-Raw: \udcff", "-H", "X-Empty;",
                    "-H", "Upgrade:", "--origin", "https://exämple.test", "--subprotocol", "chät")  # fmt: skip
    assert ran.status in {1, 3}
    head = peer.heads[0]
    assert "X-Näme: wért\x1b\r\n".encode() in head
    assert b"X-Raw: \xff\r\n" in head
    assert b"X-Empty:\r\n" in head
    assert b"Upgrade: " not in head
    assert "Origin: https://exämple.test\r\n".encode() in head
    assert "Sec-WebSocket-Protocol: chät\r\n".encode() in head
