"""What causes conclude from logs in the same way: facts, fields on their way, and how long sockets stay open."""

import pytest
from msgspec.structs import replace

from causes.stories import HOST, PATH, access, asking, client, meant, nginx_error, server, silence, story
from ws101 import hearing
from ws101.logs.entry import Told
from ws101.logs.line import Place
from ws101.signature import Says
from ws101.terms import Hop

PROXY = access(404, headers={"upgrade": "websocket", "connection": "-"}, host=HOST)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (client(status=400), "the client"),
        (PROXY, "nginx"),
        (server(400), "the server (ktor)"),
        (server(400, software="the server"), "the server"),
        (server(400, software=""), "the server"),
    ],
)
def test_a_sentence_names_who_wrote_a_record(entry, name):
    assert hearing.who(entry) == name


def test_a_fact_quotes_the_writer_and_cites_the_place():
    fact = hearing.quote(nginx_error(Says.UPSTREAM_REFUSED, "connect()  failed\t(111)", line=12))
    assert (fact.text, fact.source) == ("nginx wrote: connect() failed (111)", "error.log:12")


def test_a_long_record_is_cut():
    assert len(hearing.shortened("x" * 5000)) == 180


def test_the_first_line_that_says_something_is_told():
    assert (
        hearing.first_line("\n========\n== WebSocket Connection Attempt ==\nURI: /ws")
        == "== WebSocket Connection Attempt =="
    )


# ---- fields


def test_a_field_that_a_dash_stands_for_was_not_there():
    told = story(PROXY)
    assert hearing.sent_without(told, "Connection") is not None
    assert hearing.sent_without(told, "Upgrade") is None


def test_a_field_of_which_nobody_tells_is_not_known():
    assert hearing.as_sent(story(access(404)), "Upgrade") is None


def test_behind_a_proxy_the_server_does_not_tell_what_was_sent():
    told = story(server(400, headers=asking(upgrade="")))
    assert hearing.as_sent(told, "Upgrade") is None
    direct = story(server(400, headers=asking(upgrade="", x_forwarded_for="")))
    assert hearing.sent_without(direct, "Upgrade") is not None


def test_a_field_is_lost_between_two_hops():
    passage = hearing.lost_on_the_way(story(PROXY, server(400, headers=asking(upgrade=""))), "Upgrade")
    assert passage is not None
    assert [fact.source for fact in passage] == ["access.log:1", "server.log:1"]


def test_two_records_of_one_hop_lose_nothing():
    again = access(404, headers={"upgrade": ""})
    assert hearing.lost_on_the_way(story(PROXY, again), "Upgrade") is None


def test_letters_case_is_no_change():
    told = story(PROXY, server(400, headers=asking(upgrade="WebSocket")))
    assert hearing.changed_on_the_way(told, "Upgrade") is None


# ---- how far it got


def test_a_request_that_arrived_clears_what_comes_before_it():
    assert hearing.connected(story(PROXY)) is not None
    assert hearing.connected(story(meant(), client(Says.REFUSED, "refused"))) is None


def test_a_proxy_that_passed_it_on_did_not_refuse_it():
    assert hearing.beyond_proxy(story(access(404, upstream="10.0.0.2:80"))) is not None
    assert hearing.beyond_proxy(story(access(404, upstream=""))) is None


@pytest.mark.parametrize("hop", [Hop.SERVER, Hop.PROXY])
def test_a_sure_silence_clears_the_server(hop):
    assert hearing.before_server(story(client(status=404), silent=(silence(hop),))) is not None
    assert hearing.before_server(story(client(status=404), silent=(silence(hop, sure=False),))) is None


def test_the_server_is_known_by_what_the_proxy_got():
    answered = hearing.server_answered(story(access(404, upstream="10.0.0.2:80", upstream_status=404)))
    assert answered is not None
    assert "the server answered 404" in answered.why


def test_a_path_that_was_changed_on_the_way_is_told():
    def told(path):
        pair = hearing.paths(story(PROXY, server(404, path=path)))
        assert pair is not None
        return tuple(map(hearing.path_of, pair))

    assert told("/notifications") == (PATH, "/notifications")
    assert told(f"{PATH}?x=1") == (PATH, PATH)


# ---- after the 101


def test_how_long_a_socket_was_open_is_told_by_one_clock():
    opened = server(101, time=100.0)
    ended = replace(server(None, close_code=1011, time=100.5, line=2), told=Told.ENDED)
    elsewhere = replace(ended, place=Place("other.log", 2))
    assert hearing.lasted(story(access(101, took=60.0), opened)) == 60.0
    assert hearing.lasted(story(opened)) is None
    assert hearing.lasted(story(opened, ended)) == 0.5
    assert hearing.lasted(story(opened, elsewhere)) is None


def test_a_proxys_line_does_not_tell_who_wrote_the_answer_unless_it_says_so():
    for entry, said in (
        (access(400), "nginx logged 400 for"),
        (access(400, upstream=""), "nginx answered 400 to"),
        (access(400, upstream="127.0.0.1:9000", upstream_status=400), "nginx got 400 from behind for"),
        (access(502, upstream="127.0.0.1:9000", upstream_status=502), "nginx logged 502 for"),
        (client(status=400, method="GET", path=PATH), "the client met 400 for"),
        (server(400), "the server (ktor) answered 400 to"),
    ):
        assert hearing.answered(entry).text == f"{said} `GET {PATH}`"
