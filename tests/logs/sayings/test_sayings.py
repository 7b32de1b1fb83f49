"""Each saying is heard in its example, and what real clients printed of known faults is never misread."""

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from ws101.logs import sayings
from ws101.logs.entry import Told
from ws101.logs.sayings import SAYINGS, recognise
from ws101.signature import Says
from ws101.terms import Hop

RECORDED = json.loads(
    (Path(__file__).parent.parent / "recorded" / "clients.json").read_text(encoding="utf-8")
)

# What a client that met this fault may have been answered, and what its words may mean.
FAULTS = {
    "answered 400": ({400}, set()),
    "answered 401": ({401}, {Says.CREDENTIALS}),
    "answered 301, then 400": ({301, 400}, {Says.REDIRECT}),
    "answered 200": ({200}, set()),
    "wrong Sec-WebSocket-Accept": ({101}, {Says.ACCEPT_KEY}),
    "101 without Upgrade and with a wrong Accept": ({101}, {Says.NO_UPGRADE_BACK, Says.ACCEPT_KEY}),
    "closed without an answer": (set(), {Says.CLOSED}),
    "answered as SSH does": (set(), {Says.NOT_HTTP}),
    "nobody listens": (set(), {Says.REFUSED}),
    "no such name": (set(), {Says.NAME_UNKNOWN}),
    "TLS to a plain port": (set(), {Says.TLS_WRONG_VERSION}),
    "self-signed certificate for another name": (set(), {Says.TLS_UNTRUSTED, Says.TLS_NAME}),
    "plain HTTP to a TLS port that resets": (set(), {Says.CLOSED}),
}
# Printed for several faults alike, or for none in particular.
_RESET = "plain HTTP to a TLS port that resets"  # on an open socket, the same words mean that it was lost
_CLOSED, _SSH = "closed without an answer", "answered as SSH does"
_ACCEPT, _BARE = "wrong Sec-WebSocket-Accept", "101 without Upgrade and with a wrong Accept"
UNTOLD = {
    "websockets": {_CLOSED, _SSH, _RESET, _BARE},
    "websocket-client": {_ACCEPT, _BARE, _CLOSED, _RESET},
    "tornado": {"answered 200", _SSH, _CLOSED, _ACCEPT, _BARE, _RESET},
    "websocat": {_CLOSED, _SSH, "no such name", _RESET},
    "java.net.http": {"nobody listens"},
    "gorilla/websocket": {
        "answered 400",
        "answered 401",
        "answered 301, then 400",
        "answered 200",
        _CLOSED,
        _ACCEPT,
        _BARE,
    },
    "ws": {_BARE, _RESET},
    "aiohttp": {_SSH, _RESET},
    "okhttp": {_RESET},
    "curl": {_CLOSED, _ACCEPT, _BARE, _RESET},
}


def _ids(saying):
    return f"{saying.software}-{saying.says.name}-{saying.mark[:24]}"


@pytest.mark.parametrize("saying", SAYINGS, ids=_ids)
def test_a_saying_is_heard_in_its_example(saying):
    heard = recognise(saying.example, about=True)
    assert heard is not None
    assert (heard.saying.software, heard.says, heard.saying.hop) == (saying.software, saying.says, saying.hop)
    assert saying.source
    assert saying.mark in saying.example
    if saying.status is not None:
        assert heard.status == saying.status


@pytest.mark.parametrize("saying", SAYINGS, ids=_ids)
def test_where_a_saying_stands_alone_a_sign_does(saying):
    alone = recognise(saying.example)
    assert alone is None or sayings.signed(saying.example)


def test_what_anyone_prints_tells_of_a_handshake_only_beside_a_websocket():
    assert recognise("Error: connect ECONNREFUSED 127.0.0.1:5432") is None
    heard = recognise("websocket error: connect ECONNREFUSED 127.0.0.1:5432")
    assert heard is not None
    assert heard.says is Says.REFUSED


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: f"{case['client']}: {case['fault']}")
def test_what_a_real_client_printed_is_never_misread(case):
    statuses, means = FAULTS[case["fault"]]
    heard = recognise(case["text"], about=True)
    client = case["client"].split(" ")[0].lower()
    untold = case["fault"] in UNTOLD.get(client, ())
    if heard is None:
        assert untold
        return
    assert heard.saying.hop is Hop.CLIENT
    assert heard.status is None or heard.status in statuses
    assert heard.says is Says.NOTHING or heard.says in means
    assert heard.status is not None or heard.says is not Says.NOTHING or untold


@pytest.mark.parametrize(
    ("recorded", "means"),
    [
        ("bokeh-3.9.2.log", [Says.SUBPROTOCOL, Says.ORIGIN]),
        (
            "jupyter_server-2.21.1.log",
            [Says.CREDENTIALS],
        ),  # what it says of every request tells of no handshake
        (
            "cockpit-ws-287.1.log",
            [Says.ORIGIN, Says.ORIGIN, Says.NO_UPGRADE, Says.NO_CONNECTION, Says.VERSION],
        ),
    ],
)
def test_what_a_finished_program_wrote_of_its_refusals(recorded, means):
    path = Path(__file__).parent.parent / "recorded" / recorded
    heard = [recognise(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [one.says for one in heard if one] == means
    assert {one.saying.software for one in heard if one} == {recorded.partition("-")[0].partition("_")[0]}


@pytest.mark.parametrize("fault", ["answered 400", "answered 200"])
def test_every_client_that_prints_a_status_is_known_by_its_words(fault):
    found = Counter()
    for case in RECORDED:
        if case["fault"] == fault:
            heard = recognise(case["text"], about=True)
            found[case["client"].split(" ")[0].lower()] = heard.saying.software if heard else None
    assert all(known == client for client, known in found.items()), found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Handshake status 400 Bad Request -+-+- {'server': 'nginx'} -+-+- b'No WebSocket UPGRADE hdr: None'", Says.NO_UPGRADE),
        ("Handshake status 401 Unauthorized -+-+- {} -+-+- b'token expired'", Says.CREDENTIALS),
        ("Handshake status 403 Forbidden -+-+- {} -+-+- None", Says.NOTHING),
        ("Handshake status 400 Bad Request -+-+- {} -+-+- b'The plain HTTP request was sent to HTTPS port'", Says.PLAIN_HTTP_TO_TLS),
    ],
)  # fmt: skip
def test_an_answer_that_is_printed_behind_the_status_is_read(text, says):
    heard = recognise(text)
    assert heard.says is says
    assert heard.told is Told.ANSWERED


@pytest.mark.parametrize(
    "unit",
    ["WebSocket connection to '", "certificate verify failed: ", "websocket closed (", "x" * 50 + ": ", "  "],
)
def test_a_hostile_line_takes_time_in_proportion_to_its_length(unit):
    def took(times):
        text = (unit * times)[:60_000]
        before = time.process_time()
        recognise(text, about=True)
        return time.process_time() - before

    took(10)
    assert took(60_000 // len(unit)) < 2.0


def test_no_saying_has_a_repeat_inside_a_repeat():
    import re._parser as parser

    for saying in SAYINGS:
        for tree in _repeats(parser.parse(saying.pattern)):
            assert not any(_wide(inner) for inner in _repeats(tree[2])) or tree[1] <= 8, saying.pattern


def _repeats(tree):
    for op, argument in tree:
        if str(op) in {"MAX_REPEAT", "MIN_REPEAT"}:
            yield argument
            yield from _repeats(argument[2])
        elif str(op) == "SUBPATTERN":
            yield from _repeats(argument[3])
        elif str(op) == "BRANCH":
            for branch in argument[1]:
                yield from _repeats(branch)


def _wide(argument):
    return argument[1] > 8
