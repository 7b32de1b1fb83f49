"""Whole runs against small servers on loopback: a question in, a report out."""

import json
import socket

import pytest
from msgspec.structs import replace

from cli.peers import REFUSAL, Peer, answering, drain, part, read_head, switch
from tokens.minting import SECRET, minted
from ws101.checkup import Examination, announce, check
from ws101.question import Question
from ws101.terms import Certainty, Family, Fate, Hop, Outcome, StepState
from ws101.tokens.verify import Keys

FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
UNAUTHORISED = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n"
VERSION = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 11\r\n\r\nbad version"


def ask(peer, **more):
    more = {"connect_timeout": 2.0, "answer_timeout": 2.0, "max_time": 30.0, **more}
    return check(Question(more.pop("url", peer.url), **more))


def serving(answer, **known):
    """A server that answers each head by this function, and keeps a connection that was upgraded."""

    def handle(connection, _):
        head = peer.ask(connection)
        said = answer(head)
        connection.sendall(said)
        if said.startswith(b"HTTP/1.1 101"):
            drain(connection)
        else:
            part(connection)

    peer = Peer(handle)
    return peer


def causes(report):
    return {finding.cause: finding.certainty for finding in report.findings}


def changes(report):
    return {trial.name: trial for trial in report.experiments}


# ---- working and refused


def test_a_handshake_that_works_is_sent_once():
    with serving(switch) as peer:
        report = ask(peer)
    assert (report.outcome, report.status, report.exit_status) == (Outcome.CONNECTED, 101, 0)
    assert report.findings == ()
    assert [trial.name for trial in report.experiments] == ["baseline"]
    assert peer.connections == 1


def test_a_refusal_that_one_change_mends_is_proven():
    with serving(lambda head: FORBIDDEN if b"Origin: https://elsewhere" in head else switch(head)) as peer:
        report = ask(peer, origin="https://elsewhere.test")
    assert (report.outcome, report.status, report.exit_status) == (Outcome.REFUSED, 403, 1)
    assert (report.verdict.cause, report.verdict.certainty) == ("origin-rejected", Certainty.PROVEN)
    assert changes(report)["without-origin"].works
    assert report.trail[-1].state is not StepState.FAILED


def test_the_changes_of_a_run_are_those_that_were_announced():
    question = Question("ws://127.0.0.1:1/ws", origin="https://elsewhere.test", token="opaque-token-1")
    with serving(lambda head: FORBIDDEN if b"Authorization" in head else UNAUTHORISED) as peer:
        question = replace(question, url=peer.url, max_time=30.0)
        report = check(question)
    _, announced = announce(question)
    tried = [trial for trial in report.experiments if trial.family is not Family.BASELINE]
    assert len(tried) > 10
    assert {f"the same handshake, {trial.change}" for trial in tried} <= set(announced)
    assert {head.split(b" ")[0] for head in peer.heads if not head.startswith(b"\x16")} == {b"GET"}


def test_two_obstacles_one_behind_the_other_are_both_found():
    fresh = Keys(secret=SECRET)

    def answer(head):
        if b"Sec-WebSocket-Version: 13" not in head:
            return VERSION
        return UNAUTHORISED if expired.encode() in head or b"Authorization" not in head else switch(head)

    expired = minted(iat=1_500_000_000, exp=1_500_003_600)
    with serving(answer) as peer:
        report = ask(peer, token=expired, keys=fresh, headers=(("Sec-WebSocket-Version", "8"),))
    assert causes(report)["websocket-version-unsupported"] is Certainty.PROVEN
    assert causes(report)["token-expired"] is Certainty.PROVEN
    assert [finding.cause for finding in report.findings][:2] == [
        "websocket-version-unsupported",
        "token-expired",
    ]
    assert changes(report)["right-version + fresh-token"].works
    assert expired not in str(report)
    assert report.status == 400


def test_nothing_is_proven_of_a_server_that_wavers():
    """Every request is refused when it is first seen and accepted afterwards."""
    known = set()

    def answer(head):
        if head in known:
            return switch(head)
        known.add(head)
        return REFUSAL

    with serving(answer) as peer:
        report = ask(peer, origin="https://elsewhere.test", headers=(("X-One", "1"),))
    assert report.outcome is Outcome.REFUSED
    assert Certainty.PROVEN not in causes(report).values()
    assert any("waver" in said for said in report.unexamined)


def test_the_damage_that_gives_the_status_is_found():
    def answer(head):
        teapot = b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n"
        return switch(head) if b"Sec-WebSocket-Version: 13" in head else teapot

    with serving(lambda head: switch(head) if b"Upgrade" not in head else answer(head)) as peer:
        report = ask(peer, saw=418)
    assert report.outcome is Outcome.CONNECTED
    assert causes(report)["websocket-version-unsupported"] is not Certainty.PROVEN
    assert report.exit_status == 1


def test_a_status_that_nothing_gives_leaves_the_question_open():
    with serving(switch) as peer:
        report = ask(peer, saw=511)
    assert (report.findings, report.exit_status) == ((), 3)
    assert "511" in report.summary


# ---- limits


@pytest.mark.parametrize("budget", [1, 2, 5])
def test_no_more_is_sent_than_the_budget_allows(budget):
    with serving(lambda _: REFUSAL) as peer:
        report = ask(peer, budget=budget)
    assert peer.connections == budget
    assert len(report.experiments) == budget
    assert any(f"the budget of {budget}" in said for said in report.unexamined)
    assert report.incomplete


def test_when_the_time_is_up_what_is_known_is_told():
    with Peer(lambda connection, _: drain(connection)) as peer:
        report = ask(peer, max_time=0.3, answer_timeout=20.0)
    assert (report.outcome, report.exit_status) == (Outcome.INCOMPLETE, 3)
    assert any("--max-time" in said for said in report.unexamined)


def test_when_the_time_is_up_amid_the_experiments_the_baseline_is_told():
    def handle(connection, number):
        head = peer.ask(connection)
        if number == 1:
            connection.sendall(REFUSAL)
        part(connection) if number == 1 else drain(connection)
        assert head

    with Peer(handle) as peer:
        report = ask(peer, max_time=1.0, answer_timeout=20.0)
    assert (report.outcome, report.status) == (Outcome.REFUSED, 400)
    assert any("--max-time" in said for said in report.unexamined)


def test_a_report_can_be_had_before_anything_was_sent():
    report = Examination(Question("ws://127.0.0.1:1/"), lambda _: None).report()
    assert (report.outcome, report.exit_status) == (Outcome.INCOMPLETE, 3)


# ---- the way


def proxy(server_answer, *, connect=b"HTTP/1.1 200 OK\r\n\r\n"):
    """A forward proxy whose tunnels end in a server of its own."""

    def handle(connection, _):
        peer.ask(connection)
        connection.sendall(connect)
        if connect.startswith(b"HTTP/1.1 200"):
            head = read_head(connection)
            connection.sendall(server_answer(head))
            drain(connection)
        else:
            part(connection)

    peer = Peer(handle)
    return peer


def test_through_a_forward_proxy_the_handshake_works():
    with proxy(switch) as peer:
        report = ask(peer, url="ws://127.0.0.1:1/ws", proxy=f"http://127.0.0.1:{peer.port}")
    assert report.outcome is Outcome.CONNECTED
    assert peer.heads[0].startswith(b"CONNECT 127.0.0.1:1 HTTP/1.1\r\n")


def test_a_forward_proxy_that_refuses_is_gone_around():
    denied = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    with serving(switch) as server, proxy(switch, connect=denied) as peer:
        report = ask(peer, url=server.url, environ={"http_proxy": f"http://127.0.0.1:{peer.port}"})
    assert (report.verdict.cause, report.verdict.certainty) == ("forward-proxy-in-the-way", Certainty.PROVEN)
    assert changes(report)["without-forward-proxy"].works


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    report = check(Question(f"ws://127.0.0.1:{port}/"))
    assert (report.outcome, report.verdict.cause) == (Outcome.UNREACHABLE, "port-refused")
    assert [step.state for step in report.trail if step.hop is Hop.NETWORK] == [StepState.FAILED]


def test_a_proxy_that_drops_the_upgrade_is_proven_by_the_server_itself():
    """It answers each handshake as the server answers a plain GET."""
    with serving(switch) as server, serving(lambda _: REFUSAL) as front:
        report = ask(front, direct=f"ws://127.0.0.1:{server.port}/")
    assert changes(report)["direct"].works
    assert any(head.startswith(b"GET /ws HTTP/1.1") for head in server.heads)
    assert causes(report) == {"proxy-drops-upgrade-headers": Certainty.PROVEN}
    assert report.verdict.hop is Hop.PROXY


def test_a_server_without_an_address_is_not_mistaken_for_the_target():
    with serving(lambda _: REFUSAL) as front:
        report = ask(front, direct=f"ws://[::1]:{front.port}/inner", family=4)
    assert not any(b"/inner" in head for head in front.heads)
    assert not [name for name in changes(report) if name.startswith("direct")]
    assert any("--direct was not asked" in said for said in report.unexamined)
    assert report.incomplete


def test_connect_to_dials_another_place_and_changes_nothing_that_is_sent():
    with serving(switch) as peer:
        report = ask(peer, url="ws://site.test/ws", connect_to=("127.0.0.1", peer.port))
    assert report.outcome is Outcome.CONNECTED
    assert b"\r\nHost: site.test\r\n" in peer.heads[0]


def test_with_connect_to_the_urls_own_host_is_no_other_host():
    with serving(lambda head: REFUSAL if b"Host: site.test\r\n" in head else switch(head)) as peer:
        report = ask(peer, url="ws://site.test/ws", connect_to=("127.0.0.1", peer.port))
    assert "host-of-url" not in changes(report)
    assert "wrong-host-header" not in causes(report)


def test_an_answer_that_is_no_http_is_told():
    with Peer(answering(b"SSH-2.0-OpenSSH_9.2\r\n")) as peer:
        report = ask(peer)
    assert report.verdict.cause == "wrong-service-on-port"


# ---- the server's own record of the handshake

ID = "4f1c8e0a2b7d4c59"
SERVICE = "/api/v1/timers/notifications"


def told(document, status="200 OK", *fields):
    body = json.dumps(document).encode()
    head = "\r\n".join([f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""])
    return head.encode() + body


def keeping_record(answer):
    """A server that refuses every upgrade as if it had not arrived, and answers so for its record of it."""
    refusal = told(
        {
            "title": "The handshake arrived without its Upgrade",
            "type": "urn:ws101:cause:proxy-drops-upgrade-headers",
            "trace": f"/api/v1/handshakes/{ID}",
        },
        "426 Upgrade Required",
        "Content-Type: application/problem+json",
    )
    return serving(lambda head: answer(head) if b"/api/v1/handshakes/" in head else refusal)


def as_seen(head):
    """What such a server says that it saw: the handshake without its Upgrade."""
    host = head.partition(b"Host: ")[2].partition(b"\r\n")[0].decode()
    fields = [("Host", host), ("Authorization", "Bearer [token, 1 part, 14 characters]")]
    request = {"method": "GET", "target": "/ws", "version": "HTTP/1.1"}
    return told(
        {"traceId": ID, "request": request | {"headers": [{"name": n, "value": v} for n, v in fields]}},
        "200 OK",
        "Content-Type: application/json",
    )


def asked_for_record(peer):
    return [head for head in peer.heads if b"/api/v1/handshakes/" in head]


def test_what_the_server_saw_is_asked_for_once_as_the_same_user_and_nothing_more():
    with keeping_record(as_seen) as peer:
        report = ask(peer, token="opaque-token-1", headers=(("Cookie", "a=b"),))
    assert [head.decode() for head in asked_for_record(peer)] == [
        (
            f"GET /api/v1/handshakes/{ID} HTTP/1.1\r\nHost: 127.0.0.1:{peer.port}\r\n"
            "Authorization: Bearer opaque-token-1\r\n\r\n"
        )
    ]
    assert causes(report)["proxy-drops-upgrade-headers"] is Certainty.LIKELY
    assert report.verdict.facts[0].text == "`Upgrade` was sent, and the server saw none"
    fates = {passage.part: passage.fate for passage in report.seen.passages}
    assert (fates["Upgrade"], fates["Host"], fates["Authorization"]) == (Fate.LOST, Fate.SAME, Fate.SAME)
    assert "opaque-token-1" not in repr(report)


def test_a_record_that_is_kept_from_us_is_no_failure_and_is_told():
    with keeping_record(lambda _: UNAUTHORISED) as peer:
        report = ask(peer)
    assert (report.seen, report.verdict.cause) == (None, "proxy-drops-upgrade-headers")
    assert any(f"/api/v1/handshakes/{ID}: the request for it met 401" in said for said in report.unexamined)
    assert not report.incomplete


def test_a_record_that_is_none_is_no_failure():
    for answer in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"):
        with keeping_record(lambda _, answer=answer: answer) as peer:
            report = ask(peer)
        assert report.seen is None
        assert any("what the server saw of this handshake" in said for said in report.unexamined)


def test_asking_for_the_record_is_within_the_budget():
    with keeping_record(as_seen) as peer:
        ask(peer, budget=2)
    assert len(peer.heads) == 2
    with keeping_record(as_seen) as peer:
        report = ask(peer, budget=1)
    assert asked_for_record(peer) == []
    assert any("was not asked for" in said for said in report.unexamined)


def test_the_record_is_announced():
    _, announced = announce(Question("ws://127.0.0.1:1/ws"))
    assert any(line.startswith("GET /api/v1/handshakes/") for line in announced)


@pytest.mark.parametrize(("saw", "asked"), [(None, 0), (400, 1)])
def test_of_a_handshake_that_works_it_is_asked_for_where_another_client_fails(saw, asked):
    def answer(head):
        if b"/api/v1/handshakes/" in head:
            return as_seen(head)
        return switch(head).replace(b"\r\n\r\n", f"\r\nX-Request-Id: {ID}\r\n\r\n".encode(), 1)

    with serving(answer) as peer:
        report = ask(peer, url=peer.url.replace("/ws", SERVICE), saw=saw)
    assert len(asked_for_record(peer)) == asked
    assert (report.seen is not None) is bool(asked)


def test_another_host_is_never_asked():
    elsewhere = "https://elsewhere.test/api/v1/handshakes/" + ID
    refusal = told(
        {"type": "urn:ws101:cause:token-missing", "trace": elsewhere},
        "401 Unauthorized",
        "Content-Type: application/problem+json",
    )
    with serving(lambda _: refusal) as peer:
        report = ask(peer)
    assert (report.seen, report.verdict.cause) == (None, "token-missing")
    assert not any(b"handshakes" in head for head in peer.heads)


# ---- experiments that make a server fail


@pytest.mark.parametrize("limits", [False, True], ids=["one server", "servers set aside"])
def test_a_server_that_fails_at_other_paths_is_asked_for_one_alone_and_last(limits):
    """A proxy answers 502 for a server that closes; one that counts failures then answers it to everything."""
    failures = []

    def answer(head):
        if (failures and limits) or (head.startswith(b"GET") and not head.startswith(b"GET /ws ")):
            failures.append(head)
            return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
        return FORBIDDEN if b"Origin: https://elsewhere" in head else switch(head)

    with serving(answer) as peer:
        report = ask(peer, origin="https://elsewhere.test")
    assert (report.verdict.cause, report.verdict.certainty) == ("origin-rejected", Certainty.PROVEN)
    assert [head.split()[1] for head in failures] == [b"/no-such-path-ws101"]
    assert [trial.name for trial in report.experiments][-1] == "nonsense-path"
    assert any("502 Bad Gateway: a proxy may pass nobody on" in said for said in report.unexamined)


def test_what_other_paths_mend_is_believed_after_it_was_sent_again():
    with serving(lambda head: FORBIDDEN if head.startswith(b"GET /ws ") else switch(head)) as peer:
        report = ask(peer)
    slashes = [head for head in peer.heads if head.startswith(b"GET /ws/ ")]
    assert changes(report)["slash-toggled"].works
    assert len(slashes) > 1
