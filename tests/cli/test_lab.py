"""What the lab's command says of its verdicts; the lab itself is run elsewhere."""

import pytest
from msgspec.structs import replace

from render.reports import HEALTHY, INCOMPLETE, REPORTS, STORY, UNREACHABLE
from ws101.causes import BY_SLUG
from ws101.cli import lab
from ws101.cli.lab_run import Verdict, expectations, line, total
from ws101.lab.faults import FAULTS
from ws101.lab.faults import HEALTHY as SOUND
from ws101.terms import Outcome

FOUND = STORY.findings[0].cause


def found(*slugs):
    """Return a report with findings of these causes."""
    return replace(STORY, findings=tuple(replace(STORY.findings[0], cause=slug) for slug in slugs))


# ---- right and wrong


@pytest.mark.parametrize(
    ("slugs", "expected", "right"),
    [
        (["a"], ("a",), True),
        (["a", "b"], ("a",), True),
        (["b", "a"], ("a",), False),
        ([], ("a",), False),
        (["a", "b"], ("a", "b"), True),
        (["b", "c", "a"], ("a", "b"), True),
        (["c", "a", "b"], ("a", "b"), False),
        (["a"], ("a", "b"), False),
        (["a"], (), False),
        (["a"], None, None),
    ],
)
def test_the_first_finding_is_an_expected_one_and_all_expected_are_named(slugs, expected, right):
    assert Verdict("case", found(*slugs), expected=expected).right is right


def test_where_nothing_is_expected_the_handshake_works_and_nothing_is_found():
    assert Verdict("case", HEALTHY, expected=()).right is True
    assert Verdict("case", replace(INCOMPLETE, findings=()), expected=()).right is False
    assert replace(INCOMPLETE, findings=()).outcome is not Outcome.CONNECTED


def test_what_was_skipped_is_neither():
    assert Verdict("case", None, "no nginx", ("a",)).right is None


# ---- expectations


def test_expectations_are_a_cause_several_or_none():
    text = 'one = "a"\n"two@nginx" = ["a", "b"]\nnone = []\n'
    assert expectations(text) == {"one": ("a",), "two@nginx": ("a", "b"), "none": ()}


@pytest.mark.parametrize(
    "text",
    ["one = 1", "one = [1]", "one = true", "[one]\na = 1", "one", 'one = "a"\none = "b"', "one = [[]]"],
)
def test_what_is_no_expectation_is_refused(text, ws101, tmp_path):
    with pytest.raises(ValueError):
        expectations(text)
    path = tmp_path / "expected.toml"
    path.write_text(text)
    complaint = ws101.wrong("lab", "run", FAULTS[0].name, "--expect", path)
    assert "expected.toml" in complaint


@pytest.mark.parametrize("place", ["absent.toml", "."])
def test_expectations_that_cannot_be_read_are_refused(ws101, tmp_path, place):
    ws101.wrong("lab", "run", "--all", "--expect", tmp_path / place)


# ---- what is printed


def test_a_line_says_what_was_met_and_found():
    shown = line(Verdict("fault@server", STORY))
    assert shown.split()[:3] == ["fault@server", str(STORY.status), FOUND]
    assert f"({STORY.findings[0].certainty})" in shown
    assert "expected" not in shown


@pytest.mark.parametrize(("expected", "mark"), [((FOUND,), "+"), (("other",), "x"), ((), "x"), (None, " ")])
def test_a_line_is_marked_by_what_was_expected(expected, mark):
    shown = line(Verdict("case", found(FOUND), expected=expected))
    assert shown[0] == mark
    assert ("expected:" in shown) == (mark == "x")
    if mark == "x":
        assert shown.endswith(f"expected: {', '.join(expected) or 'no finding'}")


def test_where_no_status_was_met_a_line_has_the_outcome():
    assert str(UNREACHABLE.outcome) in line(Verdict("case", UNREACHABLE))


def test_a_line_names_three_findings_at_most():
    shown = line(Verdict("case", found("a", "b", "c", "d")))
    assert "c (" in shown
    assert "d (" not in shown
    assert "no finding" in line(Verdict("case", found()))


def test_a_line_says_why_a_case_was_skipped():
    assert line(Verdict("case", None, "there is no nginx")) == f"- {'case':<44} skipped: there is no nginx"


def test_the_total_counts_what_ran_what_was_right_and_what_was_skipped():
    right, wrong = Verdict("a", found("a"), expected=("a",)), Verdict("b", found("a"), expected=("b",))
    unknown, skipped = Verdict("c", found("a")), Verdict("d", None, "no nginx", ("a",))
    assert total([right, wrong, unknown, skipped]) == "3 cases ran; 1 of 2 as expected; 1 skipped"
    assert total([unknown]) == "1 cases ran"
    assert total([]) == "0 cases ran"


def test_the_list_names_every_fault_and_every_sound_stack(ws101):
    ran = ws101("lab", "list")
    assert ran.status == 0
    named = {words.split()[1] for words in ran.out.splitlines() if words}
    assert named == {fault.name for fault in FAULTS} | {sound.name for sound in SOUND}
    assert all(server in ran.out for fault in FAULTS for server in fault.servers)


def test_every_case_has_a_name_that_the_command_takes():
    cases = lab.cases()
    assert len(cases) == sum(len(fault.servers) for fault in FAULTS) + len(SOUND)
    for fault in FAULTS[::20]:
        assert [case for case, _ in lab._named(fault.name)] == [
            f"{fault.name}@{server}" for server in fault.servers
        ]
    for case in [*cases][::20]:
        assert [name for name, _ in lab._named(case)] == [case]


def test_a_run_needs_a_name(ws101):
    assert "--all" in ws101.wrong("lab", "run")
    assert "no-such-fault" in ws101.wrong("lab", "run", FAULTS[0].name, "no-such-fault")


def test_the_reports_of_these_tests_are_of_real_causes():
    assert {finding.cause for report in REPORTS.values() for finding in report.findings} & set(BY_SLUG)
    assert FOUND in BY_SLUG


def test_configurations_are_given_where_that_is_asked():
    parse = lab._parser().parse_args
    assert parse(["run", "deny-all", "--with-config"]).with_config
    assert not parse(["run", "deny-all"]).with_config
