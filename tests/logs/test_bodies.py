"""What servers answer is known by its length: each such answer is one that a signature knows, and no two that differ are as long."""

import re
from collections import defaultdict

import pytest

from ws101.logs.bodies import BODIES, ENGINEIO, as_long
from ws101.signatures import SIGNATURES

PATH = "/ws/chat"
OWN = "/socket.io/?EIO=4&transport=websocket"


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{body.status} {body.text[:20]!r}")
def test_a_signature_knows_the_answer(body):
    known = [
        one
        for one in SIGNATURES
        if body.status in one.statuses and re.search(one.body, body.at(PATH), re.IGNORECASE)
    ]
    assert body.says in {one.says for one in known}


def test_no_two_answers_that_say_something_else_are_as_long():
    said = defaultdict(set)
    for body in BODIES:
        said[body.status, body.software == ENGINEIO, len(body.at(PATH))].add(body.says)
    assert all(len(says) == 1 for says in said.values())


def test_engine_io_answers_at_its_own_path_alone():
    assert as_long(OWN, 400, 34).software == ENGINEIO
    assert as_long(PATH, 400, 34).software == "Spring or Tornado"
    assert as_long(OWN, 400, 22) is None


def test_a_page_that_names_the_path_is_as_long_as_it():
    assert as_long("/ws/chat?x=1", 404, 146).software == "Express"
    assert as_long("/ws", 404, 146) is None
