import re
import unicodedata

import pytest
from msgspec.structs import replace

from render.reports import HEALTHY, REPORTS, STORY
from ws101.render import terminal
from ws101.render.ink import columns
from ws101.report import Cleared, NotTested, Remedy
from ws101.terms import Certainty

SGR = re.compile("\x1b\\[[0-9;]*m")


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
@pytest.mark.parametrize("name", REPORTS)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    for ascii_only in (False, True):
        shown = terminal.render(REPORTS[name], width=width, ascii_only=ascii_only)
        assert [line for line in shown.split("\n") if columns(line) > width] == []


@pytest.mark.parametrize("name", REPORTS)
def test_without_colour_there_is_no_control_character(name: str) -> None:
    shown = terminal.render(REPORTS[name])
    assert {c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs"}} <= {"\n"}


@pytest.mark.parametrize("name", REPORTS)
def test_colour_adds_nothing_but_colour(name: str) -> None:
    painted = terminal.render(REPORTS[name], colour=True)
    assert SGR.search(painted)
    unpainted = "\n".join(line.rstrip() for line in SGR.sub("", painted).split("\n"))
    assert unpainted == terminal.render(REPORTS[name])


@pytest.mark.parametrize("name", REPORTS)
def test_every_colour_ends_on_its_line(name: str) -> None:
    for line in terminal.render(REPORTS[name], colour=True).split("\n"):
        codes = SGR.findall(line)
        assert not codes or codes[-1] == "\x1b[0m"


@pytest.mark.parametrize("name", REPORTS)
def test_ascii_has_a_mark_for_every_mark(name: str) -> None:
    assert terminal.render(REPORTS[name], ascii_only=True).isascii()


def test_headline_has_the_word_of_certainty_and_the_verdict() -> None:
    first = terminal.render(REPORTS["dropped-upgrade"]).split("\n")[0]
    assert first == "✗ possible: The proxy does not pass on Upgrade and Connection"


def test_elbow_points_to_the_hop_that_failed() -> None:
    lines = terminal.render(STORY).split("\n")
    hops = next(line for line in lines if "✓ client" in line)
    elbow = next(line for line in lines if "╰─ plaintext-to-tls-port" in line)
    assert elbow.index("╰") == hops.index("✗ tls")


def test_note_stands_under_its_line() -> None:
    lines = terminal.render(STORY, width=120).split("\n")
    marked = next(n for n, line in enumerate(lines) if "<head><title>400 The plain HTTP" in line)
    assert re.fullmatch(r"  │ \^{30,} nginx: plain HTTP came to a TLS port", lines[marked + 1])


def test_flip_is_marked_and_comes_right_after_the_baseline() -> None:
    lines = terminal.render(STORY).split("\n")
    heading = lines.index("Experiments · the same handshake, but …")
    assert "as you send it" in lines[heading + 1]
    assert lines[heading + 2].endswith("◀ mends it")


def test_experiments_without_effect_are_few_and_counted() -> None:
    same = tuple(replace(STORY.experiments[1], name=f"same-{n}", change=f"same {n}") for n in range(9))
    shown = terminal.render(replace(STORY, experiments=(*same, *STORY.experiments)))
    assert [n for n in range(9) if f"✗ same {n}" in shown] == [0, 1, 2, 3]
    assert "✓ over TLS" in shown
    assert "and 8 more: --json" in shown


def test_obstacle_that_was_overcome_gets_further() -> None:
    assert re.search(r"✗ over TLS .* 401 Unauthorized .* gets further\n", terminal.render(REPORTS["stacked"]))


def test_damage_breaks_a_working_handshake() -> None:
    assert re.search(
        r"✗ without TLS .* 400 Bad Request .* ◀ breaks it\n", terminal.render(REPORTS["reproduced"])
    )


def test_finding_behind_the_verdict_is_next_in_line_and_a_rival_is_not() -> None:
    assert "\nNext in line\n  • proven token-expired" in terminal.render(REPORTS["stacked"])
    assert "\nIt may also be\n  • possible upgrade-sent-over-http2" in terminal.render(
        REPORTS["dropped-upgrade"]
    )


def test_ruled_out_names_what_experiments_cleared_and_counts_the_rest() -> None:
    shown = terminal.render(STORY).partition("\nRuled out\n")[2]
    cleared = [cleared.cause for cleared in STORY.ruled_out if cleared.experiment]
    assert [cause for cause in cleared if f"· {cause}: " in shown] == cleared
    assert f"and {len(STORY.ruled_out) - len(cleared)} more: --json" in shown


def test_needs_are_grouped_and_at_most_five() -> None:
    missing = tuple(NotTested(f"cause-{n}", f"need {n % 7}") for n in range(21))
    unproven = replace(REPORTS["dropped-upgrade"], not_tested=missing)
    shown = terminal.render(unproven).partition("Not tested")[2]
    assert shown.count("• need") == 5
    assert "tells of cause-0, cause-7, cause-14" in shown
    assert "and 2 more: --json" in shown


def test_a_proven_cause_asks_for_no_more_evidence() -> None:
    assert "Not tested" not in terminal.render(STORY)


def test_working_handshake_is_said_to_work_and_what_was_not_examined() -> None:
    shown = terminal.render(HEALTHY)
    assert shown.startswith("✓ This handshake works\n")
    assert "✓ TLS: TLSv1.3, all of the certificate checked" in shown
    assert "? idle time-outs (--hold SECONDS)" in shown


def test_what_was_cut_short_is_called_incomplete() -> None:
    assert "incomplete: not everything" in terminal.render(replace(HEALTHY, incomplete=True))
    assert "incomplete: not everything" not in terminal.render(HEALTHY)


def test_shown_secrets_are_warned_of() -> None:
    assert "do not pass it on" in terminal.render(replace(STORY, redacted=False))


def test_command_is_broken_between_arguments_as_a_shell_allows() -> None:
    command = "curl --http1.1 -H 'Authorization: Bearer x y z' " + " ".join(
        f"--option-{n} value" for n in range(9)
    )
    finding = replace(STORY.findings[0], remedy=Remedy("Try.", STORY.findings[0].hop, command=command))
    shown = terminal.render(replace(STORY, findings=(finding,), next_steps=()))
    block = shown.partition("    $ ")[2].partition("\n\n")[0]
    assert block.count(" \\\n") == 2
    assert re.sub(r" \\\n\s+", " ", block) == command


def test_patch_of_a_possible_cause_is_offered_with_an_if() -> None:
    assert STORY.findings[0].certainty is Certainty.PROVEN
    assert "\nFix · in the client\n" in terminal.render(STORY)
    assert "\nFix, if it is this · in the proxy\n" in terminal.render(REPORTS["dropped-upgrade"])


def test_source_of_a_cleared_cause_is_named_by_its_experiment() -> None:
    cleared = replace(STORY, ruled_out=(Cleared("wrong-path", "the same", "nonsense-path"),))
    assert "· wrong-path: the same [nonsense-path]" in terminal.render(cleared)


def test_the_first_doubts_are_shown_and_the_others_counted() -> None:
    report = REPORTS["logged"]
    doubtful = replace(report, account=replace(report.account, doubts=tuple(f"doubt {n}" for n in range(5))))
    shown = terminal.render(doubtful)
    assert [f"doubt {n}" in shown for n in range(5)] == [True, True, True, False, False]
    assert "and 2 more doubts: --json" in shown


def test_what_wavers_by_itself_is_mended_by_no_change() -> None:
    again, change = STORY.experiments[1], STORY.experiments[2]
    works = {"outcome": "101, open", "status": 101, "works": True}
    repeat = replace(again, name="repeat", change="sent again", **works)
    other = replace(change, name="without-origin", change="without Origin", **works)
    shown = terminal.render(replace(STORY, experiments=(STORY.experiments[0], repeat, other))).split("\n")
    assert next(line for line in shown if "sent again" in line).endswith("  wavers")
    assert not any("mends it" in line for line in shown if "without Origin" in line)
