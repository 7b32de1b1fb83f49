"""Documentation that cannot lie: what is generated is up to date, every command in it is one, every link leads somewhere."""

import importlib
import re
import shlex
from pathlib import Path

import pytest

from ws101 import question
from ws101.causes import BY_SLUG
from ws101.cli import COMMANDS
from ws101.cli.parser import Parser
from ws101.errors import UsageError
from ws101.experiments import host, path
from ws101.lab.faults import FAULTS, HEALTHY

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
CASES = {f"{fault.name}@{server}" for fault in FAULTS for server in fault.servers}
CASES |= {fault.name for fault in FAULTS} | {sound.name for sound in HEALTHY} | {"FAULT"}

_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_IN_BLOCK = re.compile(r"^\s*(?:\$ )?(ws101 .+)$", re.MULTILINE)
_IN_LINE = re.compile(r"`(ws101 [^`…]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(#[^)]+)?\)")


class ParsedError(Exception):
    """The real parser took the arguments; nothing was done with them."""


def commands(page):
    """Return the words of each command line of ws101's in a page: up to a comment, or to a remark two blanks away."""
    text = page.read_text(encoding="utf-8")
    in_blocks = [line for block in _BLOCK.findall(text) for line in _IN_BLOCK.findall(block)]
    lines = [*in_blocks, *_IN_LINE.findall(_BLOCK.sub("", text))]
    return [shlex.split(re.split(r" {2,}", line)[0], comments=True)[1:] for line in dict.fromkeys(lines)]


MENTIONS = [
    ["check"], ["logs"], ["report"], ["token"], ["lab"], ["lab", "run"], ["lab", "serve"],
    ["nginx"], ["nginx", "route"], ["nginx", "lint"], ["nginx", "fix"],
    ["timers"], ["timers", "add-user"], ["timers", "serve", "--help"],
]  # fmt: skip


def is_mention(words):
    """Whether the words only name a command, as a sentence does, and are no command line."""
    return words in MENTIONS


BY_PAGE = {page: found for page in PAGES if (found := commands(page))}
EVERY = [words for found in BY_PAGE.values() for words in found]


@pytest.fixture
def stopping(monkeypatch):
    """Let the parsers of the commands parse, and nothing happen afterwards."""
    parse = Parser.parse_args

    def parse_and_stop(self, args, namespace=None):
        parse(self, args, namespace)
        raise ParsedError

    monkeypatch.setattr(Parser, "parse_args", parse_and_stop)


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


@pytest.mark.parametrize("page", BY_PAGE, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_command_line_parses(page, stopping):
    for name, *rest in BY_PAGE[page]:
        if name == "--version" or is_mention([name, *rest]):
            continue
        with pytest.raises(ParsedError):
            importlib.import_module(f"ws101.cli.{name}").main(rest)


def test_a_wrong_command_line_would_be_found(stopping):
    with pytest.raises(UsageError):
        importlib.import_module("ws101.cli.check").main(["wss://app.example.com/", "--sow", "400"])


def test_what_is_explained_exists():
    asked = {word for words in EVERY if words[0] == "explain" for word in words[1:]} - {"CAUSE", "--list"}
    assert asked
    assert asked <= set(BY_SLUG)


def test_what_is_run_in_the_lab_exists():
    ways = (["lab", "run"], ["lab", "serve"])
    asked = {word for words in EVERY if words[:2] in ways for word in words[2:] if not word.startswith("-")}
    assert asked
    assert asked <= CASES


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


@pytest.mark.parametrize(
    "told",
    [
        f"**At most {question.BUDGET} handshakes**",
        f"{question.MAX_TIME:.0f} seconds (`--max-time`)",
        f"the path `{path.NONSENSE}`",
        f"the Host\n  `{host.FOREIGN}`",
    ],
)
def test_what_a_check_sends_is_told_as_it_is(told):
    assert told in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
