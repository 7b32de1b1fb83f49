"""What people quoted of real failures: the reader takes client, status and meaning from it, and never a wrong one."""

import json
from pathlib import Path

import pytest

from logs.telling import read
from ws101.signature import Says

CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
READ = [case for case in CASES if "unread" not in case]
UNREAD = [case for case in CASES if "unread" in case]


def _id(case):
    return case["id"]


@pytest.mark.parametrize("case", READ, ids=_id)
def test_a_quoted_line_is_read(case):
    (entry,) = read(case["text"] + "\n")
    assert (entry.software, entry.status, entry.says) == (
        case["software"],
        case["status"],
        Says[case["says"]],
    )


@pytest.mark.parametrize("case", UNREAD, ids=_id)
def test_what_tells_too_little_is_not_read(case):
    assert read(case["text"] + "\n") == []


def test_how_much_is_read(record_property):
    record_property("read", f"{len(READ)} of {len(CASES)} quoted lines")
    print(
        f"{len(READ)} of {len(CASES)} quoted lines are read; the others say too little, each with its reason"
    )
    assert len(READ) >= 78
    assert len({case["id"] for case in CASES}) == len(CASES)
