import argparse
import stat

import pytest

from cli.running import FORMATS
from render.reports import HEALTHY, INCOMPLETE, STORY, UNREACHABLE
from ws101 import render
from ws101.cli import show
from ws101.cli.terminal import Face
from ws101.errors import UnreadableInput

PLAIN = Face(width=80, colour=False, ascii_only=True)


def options(*words):
    parser = argparse.ArgumentParser()
    show.add_flags(parser)
    return parser.parse_args(words)


def test_text_is_the_default_and_json_has_a_short_name():
    assert options().format == "text"
    assert options("--json").format == "json"
    assert (options().output, options().color) == (None, "auto")


def test_the_formats_are_those_that_are_rendered():
    assert set(show.FORMATS) == set(FORMATS) == {"text", *render.FORMATS}


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_rendered(name):
    assert show.rendered(STORY, name, PLAIN).strip()


def test_text_follows_the_terminal():
    wide = show.rendered(STORY, "text", Face(width=120, colour=True, ascii_only=False))
    assert "\x1b[" in wide
    narrow = show.rendered(STORY, "text", PLAIN)
    assert "\x1b[" not in narrow
    assert narrow.isascii()


@pytest.mark.parametrize("report", [HEALTHY, STORY, UNREACHABLE, INCOMPLETE])
def test_the_exit_status_is_the_reports_whatever_the_format(capsys, report):
    for name in FORMATS:
        assert show.show(report, options("--format", name)) == report.exit_status
        assert capsys.readouterr().out.endswith("\n")


def test_a_file_gets_what_the_terminal_would_without_colour(capsys, tmp_path):
    path = tmp_path / "report.txt"
    assert show.show(STORY, options("-o", str(path), "--color", "always")) == STORY.exit_status
    assert capsys.readouterr().out == ""
    assert "\x1b[" not in path.read_text(encoding="utf-8")


# ---- files


@pytest.mark.parametrize("place", ["new.txt", "there.txt"])
def test_a_place_that_can_be_written(tmp_path, place):
    (tmp_path / "there.txt").write_text("before")
    show.check_writable(str(tmp_path / place), "--output")
    show.write_file(str(tmp_path / place), "äfter", 0o600)
    assert (tmp_path / place).read_text(encoding="utf-8") == "äfter"


def test_nothing_is_asked_for():
    show.check_writable(None, "--output")


def test_a_new_file_has_the_mode_that_was_asked_for(tmp_path):
    show.write_file(str(tmp_path / "run.json"), "x", 0o600)
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("place", "why"),
    [(".", "it is a directory"), ("absent/file", "its directory does not exist"), ("n" * 300, "")],
)
def test_a_place_that_cannot_be_written(tmp_path, place, why):
    with pytest.raises(UnreadableInput) as raised:
        show.check_writable(str(tmp_path / place), "--output")
    assert why in str(raised.value)
    assert "--output" in str(raised.value)
    with pytest.raises(UnreadableInput):
        show.write_file(str(tmp_path / place), "x")
