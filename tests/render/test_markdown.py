import re

import pytest
from msgspec.structs import replace

from render.reports import REPORTS, STORY
from ws101.render import markdown
from ws101.report import Exchange, FrameLine


def outside_code(text: str) -> str:
    """Return the Markdown without its fenced blocks and code spans."""
    without_blocks = re.sub(r"^(`{3,})[^\n]*\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", without_blocks)


@pytest.mark.parametrize("name", REPORTS)
def test_text_from_outside_is_inert(name: str) -> None:
    rest = outside_code(markdown.render(REPORTS[name]))
    assert not re.search(r"(?<!\\)[\[<]", rest), rest
    assert "@" not in rest
    assert "http://" not in rest
    assert "](" not in rest.replace("\\]", "")


def test_fence_is_longer_than_the_backticks_in_it() -> None:
    report = replace(STORY, exchange=Exchange((FrameLine("```` x"),), ()))
    assert "`````http\n> ```` x\n`````" in markdown.render(report)


def test_experiments_that_changed_nothing_are_left_out() -> None:
    shown = markdown.render(REPORTS["story"])
    assert "| over TLS (wss://), same port | 101, open | mends it |" in shown
    assert "without Origin" not in shown


def test_report_of_the_story_is_short() -> None:
    assert markdown.render(REPORTS["story"]).count("\n") < 70
