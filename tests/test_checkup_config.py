"""Whole runs with a configuration of nginx beside them, against small servers on loopback."""

import pytest

from causes.configuring import LINES, whole
from cli.peers import Peer, drain, part, switch
from ws101.checkup import announce, check
from ws101.cli import check as command
from ws101.cli.asking import question
from ws101.errors import Unavailable, UnreadableInput, UsageError
from ws101.lab import rehearsal
from ws101.question import Question
from ws101.render import FORMATS
from ws101.render.run import dump
from ws101.terms import Certainty, Outcome

REFUSED = (
    b"HTTP/1.1 426 Upgrade Required\r\nServer: nginx/1.22.1\r\nContent-Length: 66\r\n\r\n"
    b"Failed to open a WebSocket connection: missing Connection header.\n"
)


def serving(answer):
    def handle(connection, _):
        said = answer(peer.ask(connection))
        connection.sendall(said)
        if said.startswith(b"HTTP/1.1 101"):
            drain(connection)
        else:
            part(connection)

    peer = Peer(handle)
    return peer


def refuse(_):
    return REFUSED


def bare(peer, *lines: str) -> str:
    inside = "\n".join(("location / {", *lines, "proxy_pass http://127.0.0.1:9;", "}"))
    return whole(inside, listen=str(peer.port), name="127.0.0.1")


def ask(peer, path, **more):
    known = {"connect_timeout": 2.0, "answer_timeout": 2.0, "max_time": 40.0, "sandbox": False, **more}
    return check(Question(peer.url, nginx_configs=(str(path),), **known))


@pytest.fixture
def file(tmp_path):
    def write(text: str):
        path = tmp_path / "nginx.conf"
        path.write_text(text)
        return path

    return write


def test_the_line_is_named_beside_what_the_wire_showed(file) -> None:
    with serving(refuse) as peer:
        path = file(bare(peer))
        report = ask(peer, path)
    found = report.verdict
    assert (found.cause, found.certainty) == ("proxy-drops-upgrade-headers", Certainty.LIKELY)
    assert found.where[0].file == str(path)
    assert found.where[0].marked[0].text.strip() == "proxy_pass http://127.0.0.1:9;"
    assert f"+++ b{path}" in found.remedy.patch
    assert any("nginx 1.22.1, as the answer's Server says" in said for said in report.unexamined)


def test_the_version_that_was_given_is_taken(file) -> None:
    with serving(refuse) as peer:
        report = ask(peer, file(bare(peer)), nginx_version=(1, 25, 3))
    assert any("nginx 1.25.3, as --nginx-version says" in said for said in report.unexamined)


def test_a_handshake_that_works_tells_its_way(file) -> None:
    with serving(switch) as peer:
        report = ask(peer, file(bare(peer, LINES)))
    assert (report.outcome, report.exit_status) == (Outcome.CONNECTED, 0)
    assert any(said.startswith("configuration: `location /`") for said in report.examined)


def test_a_part_that_was_not_read_makes_it_incomplete(file) -> None:
    with serving(switch) as peer:
        report = ask(peer, file(bare(peer, LINES, "include gone.conf;")))
    assert (report.incomplete, report.exit_status) == (True, 3)
    assert "gone.conf was not found" in report.unexamined[0]


def test_a_file_that_is_not_there_is_told(tmp_path) -> None:
    with serving(switch) as peer, pytest.raises(UnreadableInput):
        ask(peer, tmp_path / "gone.conf")


def test_without_nginx_the_sandbox_is_not_tested(file, monkeypatch) -> None:
    async def missing(*_):
        raise Unavailable("nginx", "Install it.")

    monkeypatch.setattr(rehearsal, "rehearse", missing)
    with serving(refuse) as peer:
        report = ask(peer, file(bare(peer)), sandbox=True)
    assert report.verdict.certainty is Certainty.LIKELY
    assert report.unexamined[0].startswith("your configuration in a sandbox: ")


def test_a_secret_of_the_configuration_is_in_no_output(file) -> None:
    secret = "hunter2-hunter3-hunter4"
    lines = (f'proxy_set_header X-Api-Key "{secret}";', f'set $session_token "{secret}";')
    with serving(refuse) as peer:
        report = ask(peer, file(bare(peer, *lines)))
    assert report.verdict.where
    for render in (*FORMATS.values(), dump):
        assert secret not in render(report)


# ---- flags


def _asked(*arguments: str) -> Question:
    return question(command.parser().parse_args(["ws://127.0.0.1:1/ws", *arguments]), {})


def test_the_sandbox_is_announced(file) -> None:
    path = str(file(""))
    _, lines = announce(_asked("--nginx-config", path))
    assert "sandbox on this machine" in lines[-1]
    for others in ((), ("--nginx-config", path, "--no-sandbox")):
        assert not any("sandbox" in said for said in announce(_asked(*others))[1])


def test_one_configuration_a_hop() -> None:
    asked = _asked(
        "--nginx-config",
        "outer",
        "--nginx-config",
        "inner",
        "--nginx-root",
        "/r",
        "--nginx-version",
        "nginx/1.24.0",
    )
    assert (asked.nginx_configs, asked.nginx_root, asked.nginx_version) == (
        ("outer", "inner"),
        "/r",
        (1, 24, 0),
    )


@pytest.mark.parametrize(
    "flags",
    [
        ("--nginx-root", "/r"),
        ("--nginx-version", "1.24.0"),
        ("--nginx-config", "x", "--nginx-version", "new"),
    ],
)
def test_flags_that_say_nothing(flags) -> None:
    with pytest.raises(UsageError):
        _asked(*flags)


def test_a_name_of_nothing_is_told_before_anything_is_sent() -> None:
    with pytest.raises(UnreadableInput, match="--nginx-config gone"):
        _asked("--nginx-config", "gone")
