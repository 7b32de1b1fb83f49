import pytest

from causes.building import make_answer
from ws101.handshake.answer import Answer, Kind
from ws101.signature import Says, Signature
from ws101.terms import Hop

ANY = {"name": "any", "software": "any", "hop": Hop.SERVER, "says": Says.NOTHING, "source": "made up"}
ANSWER = Answer(
    Kind.HTTP, status=400, reason="Bad Request", headers=make_answer(400, headers={"Server": "one/1.0", "X-A": "b"}).headers,
    body=b"Missing \xff header",
)  # fmt: skip


def fits(answer=ANSWER, **marks):
    return Signature(**ANY, **marks).fits(answer)


@pytest.mark.parametrize(
    "marks",
    [
        {},
        {"statuses": frozenset({400, 403})},
        {"body": "header"},
        {"body": "�"},
        {"reason": "^Bad"},
        {"headers": (("server", "^one"), ("x-a", "b"))},
        {"headers": (("x-a", ""),)},
        {"absent": ("via",)},
        {"statuses": frozenset({400}), "body": "Missing", "absent": ("x-powered-by",)},
    ],
)
def test_every_mark_holds(marks):
    assert fits(**marks)


@pytest.mark.parametrize(
    "marks",
    [
        {"statuses": frozenset({403})},
        {"body": "^header"},
        {"reason": "Forbidden"},
        {"headers": (("server", "^one"), ("x-a", "c"))},
        {"headers": (("via", ""),)},
        {"absent": ("x-a",)},
        {"absent": ("X-A".lower(), "via")},
        {"statuses": frozenset({400}), "body": "other"},
    ],
)
def test_one_mark_that_does_not_hold_is_enough(marks):
    assert not fits(**marks)


def test_the_first_line_of_a_field_counts():
    answer = Answer(Kind.HTTP, status=200, headers=ANSWER.headers.added(("Server", "two")))
    assert fits(answer, headers=(("server", "one"),))
    assert not fits(answer, headers=(("server", "two"),))


def test_each_meaning_is_said_in_its_own_words():
    assert len({says.value for says in Says}) == len(Says)
