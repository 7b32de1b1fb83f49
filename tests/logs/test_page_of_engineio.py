"""What Engine.IO answers is known by its length: each answer is one that its own signature knows, and no two are as long."""

import re

import pytest

from ws101.logs import page
from ws101.signature import Says
from ws101.signatures.socketio import SIGNATURES

BODIES = page.ENGINEIO_ANSWERS


@pytest.mark.parametrize("body", BODIES)
def test_a_signature_knows_the_answer(body):
    assert BODIES[body] in {one.says for one in SIGNATURES if re.search(one.body, body)}
    assert page.of_engineio(400, len(body)) == (body, BODIES[body])


def test_another_status_or_length_is_none_of_its_answers():
    assert page.of_engineio(403, 34) == page.of_engineio(400, 35) == ("", Says.NOTHING)
