"""A check that listens to logs: what it sends is marked, what a hop writes of it is found, and what cannot be heard is told."""

import re
from datetime import UTC, datetime

from cli.peers import Peer, drain, part, switch
from ws101.checkup import announce, check
from ws101.logs.marking import agent, probe
from ws101.question import Question
from ws101.terms import Hop

FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
_AGENT = re.compile(rb"(?im)^user-agent: *([^\r\n]*)")


def nginx(head, status):
    named = _AGENT.search(head)
    when = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    line = head.split(b"\r\n")[0].decode("latin-1")
    return f'127.0.0.1 - - [{when}] "{line}" {status} 2 "-" "{named[1].decode() if named else "-"}"\n'


def uvicorn(head, status):
    return f'INFO:     127.0.0.1:5 - "WebSocket {head.split()[1].decode("latin-1")}" {status}\n'


def serving(log, answer, written=nginx):
    """A server that answers each head by this function, and writes what is `written` of it to a log."""

    def handle(connection, _):
        head = peer.ask(connection)
        said = answer(head)
        with log.open("a") as file:
            file.write(written(head, said.split()[1].decode()))
        connection.sendall(said)
        if said.startswith(b"HTTP/1.1 101"):
            drain(connection)
        else:
            part(connection)

    peer = Peer(handle)
    return peer


def ask(peer, **more):
    return check(
        Question(peer.url, **{"connect_timeout": 2.0, "answer_timeout": 2.0, "max_time": 30.0, **more})
    )


def agents(peer):
    return [found[1].decode() for head in peer.heads if (found := _AGENT.search(head))]


def test_a_mark_is_read_back():
    assert probe(agent("0.1.0", "7f3a9c01", 3)) == "7f3a9c01-03"
    assert probe("curl/8.0 (probe 7f3a9c01-03)") == ""


def test_every_request_has_a_mark_of_its_own_and_the_first_ones_line_is_found(tmp_path):
    log = tmp_path / "access.log"
    log.touch()
    with serving(log, lambda _: FORBIDDEN) as peer:
        report = ask(peer, logs=(str(log),))
    marks = [probe(name) for name in agents(peer)]
    assert len(set(marks)) == len(marks) > 5
    assert report.account is not None
    (line,) = report.account.lines
    assert line.hop is Hop.PROXY
    assert "-00)" in line.text
    (source,) = report.chronicle.sources
    assert source.entries >= len(marks)


def test_a_handshake_that_works_is_found_too(tmp_path):
    log = tmp_path / "access.log"
    with serving(log, switch) as peer:
        report = ask(peer, logs=(str(log),))
    assert report.exit_status == 0
    assert report.account is not None
    assert "101" in report.account.lines[0].text


def test_an_agent_that_the_user_names_stays_as_it_is(tmp_path):
    log = tmp_path / "access.log"
    log.touch()
    with serving(log, switch) as peer:
        ask(peer, logs=(str(log),), headers=(("User-Agent", "mine/1.0"),))
    assert set(agents(peer)) == {"mine/1.0"}


def test_a_line_without_a_mark_is_of_the_handshake_that_alone_was_sent(tmp_path):
    log = tmp_path / "server.log"
    log.touch()
    with serving(log, lambda _: FORBIDDEN, uvicorn) as peer:
        report = ask(peer, logs=(str(log),))
    assert len(peer.heads) > 5
    assert [line.place for line in report.account.lines] == [f"{log}:1"]
    assert report.account.doubts == ()


def apache_error(head, status):
    """What Apache says of a refusal: the reason and the client in two lines of one thread, and no path."""
    moment = datetime.now(UTC).strftime("%a %b %d %H:%M:%S.191234 %Y")
    return (
        f"[{moment}] [proxy:error] [pid 7:tid 9] (111)Connection refused: AH00957: http: attempt to connect to 10.0.0.2:80 failed\n"
        f"[{moment}] [proxy_http:error] [pid 7:tid 9] [client 127.0.0.1:5] AH01114: HTTP: failed to make connection\n"
    )


def test_what_went_wrong_while_it_alone_was_sent_is_its_own_where_it_explains_the_answer(tmp_path):
    log = tmp_path / "error.log"
    with serving(log, lambda _: FORBIDDEN.replace(b"403 Forbidden", b"503 Down"), apache_error) as peer:
        report = ask(peer, logs=(str(log),))
    assert [line.place.rpartition(":")[2] for line in report.account.lines] == ["1", "2"]
    with serving(tmp_path / "other.log", lambda _: FORBIDDEN, apache_error) as peer:
        assert ask(peer, logs=(str(tmp_path / "other.log"),)).account is None


def test_of_two_lines_that_fit_it_neither_is_claimed(tmp_path):
    log = tmp_path / "server.log"
    log.touch()
    with serving(log, lambda _: FORBIDDEN, lambda *asked: uvicorn(*asked) * 2) as peer:
        report = ask(peer, logs=(str(log),))
    assert report.account is None


def test_an_agent_that_the_user_names_is_heard_of_all_the_same(tmp_path):
    log = tmp_path / "access.log"
    log.touch()
    with serving(log, lambda _: FORBIDDEN) as peer:
        report = ask(peer, logs=(str(log),), headers=(("User-Agent", "mine/1.0"),))
    assert [line.place for line in report.account.lines] == [f"{log}:1"]


def test_without_logs_nothing_is_marked(tmp_path):
    log = tmp_path / "access.log"
    with serving(log, lambda _: FORBIDDEN) as peer:
        report = ask(peer)
    assert agents(peer) == []
    assert report.account is report.chronicle is None


def test_what_was_written_before_is_not_taken_for_ours(tmp_path):
    log = tmp_path / "access.log"
    log.write_text('127.0.0.1 - - [26/Nov/2026:00:00:00 +0000] "GET /ws HTTP/1.1" 403 2 "-" "-"\n' * 3)
    with serving(log, lambda _: FORBIDDEN) as peer:
        report = ask(peer, logs=(str(log),))
    assert [line.place for line in report.account.lines] == [f"{log}:4"]


def test_a_log_that_cannot_be_heard_makes_the_answer_incomplete(tmp_path):
    log = tmp_path / "access.log"
    with serving(log, switch) as peer:
        report = ask(
            peer, logs=(str(log), "docker:ws101-there-is-none"), environ={"DOCKER_HOST": "unix:///none"}
        )
    assert report.exit_status == 3
    assert report.incomplete
    assert any("docker:ws101-there-is-none" in text for text in report.unexamined)


def test_the_mark_is_announced():
    question = Question("ws://127.0.0.1:1/ws", logs=("access.log",))
    assert any("User-Agent" in line for line in announce(question)[1])
    assert not any("User-Agent" in line for line in announce(Question("ws://127.0.0.1:1/ws"))[1])
