"""Documentation that cannot lie: what is generated is up to date, every command in it is one, every link leads somewhere."""

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest

from ws101.causes import BY_SLUG
from ws101.cli import COMMANDS
from ws101.lab.faults import FAULTS, HEALTHY

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
CASES = {f"{fault.name}@{server}" for fault in FAULTS for server in fault.servers}
CASES |= {fault.name for fault in FAULTS} | {sound.name for sound in HEALTHY} | {"FAULT"}

_IN_BLOCK = re.compile(r"^(?:\s*\$ )?(ws101 .+)$", re.MULTILINE)
_IN_LINE = re.compile(r"`(ws101 [^`…]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(#[^)]+)?\)")


class ParsedError(Exception):
    """The real parser took the arguments; nothing was done with them."""


def commands(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return list(dict.fromkeys([*_IN_BLOCK.findall(text), *_IN_LINE.findall(text)]))


def arguments(line: str) -> list[str]:
    """Return the words of a command line, up to a comment, a pipe or a remark that stands two blanks away."""
    return shlex.split(re.split(r" {2,}", line)[0], comments=True)


LINES = sorted({line for page in PAGES for line in commands(page)})


@pytest.fixture
def stopping(monkeypatch):
    """Let the parsers of the commands parse, and nothing happen afterwards."""
    parse = argparse.ArgumentParser.parse_args

    def parse_and_stop(self, given=None, namespace=None):
        parse(self, given, namespace)
        raise ParsedError

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_and_stop)


# ---- what is generated


def test_what_is_generated_is_up_to_date(tool):
    docs = tool("docs")
    assert [str(path) for path in docs.differences(docs.pages(None))] == [], "run `make docs`"


def test_a_page_that_is_out_of_date_is_found(tool):
    docs = tool("docs")
    wanted = docs.pages(None)
    gone = Path("docs/causes/port-refused.md")
    changed = Path("docs/experiments.md")
    found = docs.differences(
        {path: text for path, text in wanted.items() if path != gone} | {changed: "other"}
    )
    assert found == {changed: "other", gone: None}


def test_a_region_without_its_marks_is_an_error(tool):
    with pytest.raises(SystemExit, match="demo"):
        tool("docs").filled("no marks", "demo", "text")


def test_the_demo_in_the_readme_is_a_diagnosis():
    demo = README.partition("<!-- demo:")[2].partition("<!-- end of demo -->")[0]
    assert "proven" in demo
    assert "plaintext-to-tls-port" in demo


# ---- commands


def test_the_readme_mentions_each_command():
    assert [name for name in COMMANDS if f"ws101 {name}" not in README] == []


@pytest.mark.parametrize("line", LINES)
def test_each_command_line_parses(line, stopping, capsys):
    _, name, *rest = arguments(line)
    if name == "--version":
        return
    with pytest.raises(ParsedError):
        importlib.import_module(f"ws101.cli.{name}").main(rest)


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("ws101 explain ")])
def test_what_is_explained_exists(line):
    names = set(arguments(line)[2:]) - {"CAUSE", "--list"}
    assert names <= set(BY_SLUG)


@pytest.mark.parametrize("line", [line for line in LINES if re.match("ws101 lab (run|serve) ", line)])
def test_what_is_run_in_the_lab_exists(line):
    assert {word for word in arguments(line)[3:] if not word.startswith("-")} <= CASES


def test_the_demo_runs_a_fault_that_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"ws101 lab run ([a-z][\w@.-]*)", makefile)
    assert named
    assert set(named) <= CASES


# ---- links and targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_somewhere(page):
    for target, anchor in _LINK.findall(page.read_text(encoding="utf-8")):
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor[1:] in {heading.lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_each_target_of_make_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z -]*):", makefile, re.MULTILINE))
    known = {word for names in targets for word in names.split()}
    text = (ROOT / page).read_text(encoding="utf-8")
    asked = {word for words in re.findall(r"(?:`|\$ )make ([a-z][a-z -]*)", text) for word in words.split()}
    assert asked
    assert asked <= known
