"""Begins a cause: its module with an empty page, its test, and its line in the table. Decides nothing about the fault."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ws101.terms import Hop

ROOT = Path(__file__).resolve().parent.parent
HOPS = tuple(hop.value for hop in Hop)

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:[-.][a-z0-9]+)+")
_ADVICE = ("use-", "set-", "add-", "fix-", "check-", "enable-", "missing-config")

_MODULE = '''\
"""{title}

## What happens
What the client meets: the status, the words, or nothing at all.

## Why
What makes it so, with the section of the RFC or the line of the software's source.

## How we know
The experiment that flips the outcome, or the mark that only this cause leaves.

## What to do
What to change, and where.
"""

from ws101.cause import Cause, RuledOut, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.report import Remedy
from ws101.terms import Hop


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    return Unknown("what would tell")


CAUSE = Cause(
    slug="{slug}",
    hop=Hop.{hop},
    page=__doc__,
    remedy=Remedy("What to change.", Hop.{hop}),
    judge=judge,
)
'''

_TEST = """\
import pytest

from causes.building import make_answer, make_attempt, make_evidence
from ws101.cause import RuledOut
from ws101.causes.{module} import CAUSE

WORKS = make_evidence(make_attempt(answer=make_answer(101)))


def test_the_fault_is_found():
    pytest.fail("build the evidence that {slug} leaves, and ask for Supported with its certainty and facts")


def test_what_resembles_it_is_left_alone():
    pytest.fail("build the evidence of the nearest other cause, and ask for RuledOut or Unknown")


def test_a_handshake_that_works_clears_it():
    assert isinstance(CAUSE.judge(WORKS), RuledOut)
"""

_NEXT = """\
begun: {module_path}
       {test_path}
       a line in {table_path}

Next:
  1. Write the page in the module: a title of one line, without a full stop, then the four sections.
  2. Write judge(): Supported with facts and their sources, RuledOut with why, or Unknown with what would tell.
  3. Let the two tests that fail by intention say what it must find, and what it must leave alone.
  4. Make the fault in the lab: src/ws101/lab/faults/<fault>.py, its line in faults/__init__.py, and in
     tests/lab/expected.toml: <fault> = "{slug}". Then: ws101 lab run <fault>
  5. make docs check test
"""


class RefusedError(Exception):
    """The cause cannot be begun; the text says why."""


def main(arguments: Sequence[str]) -> int:
    """Begin the cause, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="what is wrong, in the field's words: proxy-drops-upgrade-headers")
    parser.add_argument("hop", help=f"where it is found: {', '.join(HOPS)}")
    options = parser.parse_args(arguments)
    try:
        print(begin(options.name, options.hop, ROOT), end="")
    except RefusedError as why:
        sys.stderr.write(f"new-cause: {why}\n")
        return 2
    return 0


def begin(slug: str, hop: str, root: Path) -> str:
    """Write the cause's files and its line in the table, and return what is to do next. Raises RefusedError."""
    causes = root / "src" / "ws101" / "causes"
    module = slug.replace("-", "_").replace(".", "_")
    _require_good(slug, hop, causes / f"{module}.py")
    table = causes / "__init__.py"
    text = _with_row(table.read_text(encoding="utf-8"), module, _last_of(hop, causes))
    test = root / "tests" / "causes" / f"test_{module}.py"
    words = {"slug": slug, "hop": hop.upper(), "module": module, "title": slug.replace("-", " ").capitalize()}
    (causes / f"{module}.py").write_text(_MODULE.format(**words), encoding="utf-8")
    test.write_text(_TEST.format(**words), encoding="utf-8")
    table.write_text(text, encoding="utf-8")
    paths = {"module_path": causes / f"{module}.py", "test_path": test, "table_path": table}
    return _NEXT.format(slug=slug, **{name: path.relative_to(root) for name, path in paths.items()})


def _require_good(slug: str, hop: str, module: Path) -> None:
    if not _SLUG.fullmatch(slug):
        raise RefusedError(
            f"{slug!r} is no name. Give two lower-case words or more, joined by hyphens: make new-cause NAME=… HOP=…"
        )
    if slug.startswith(_ADVICE):
        raise RefusedError(
            f"{slug!r} is advice. A cause is named for the fault: it completes “the handshake failed because of …”."
        )
    if hop not in HOPS:
        raise RefusedError(f"{hop!r} is no hop. Give HOP= one of {', '.join(HOPS)}.")
    if module.exists():
        raise RefusedError(f"there is a cause {slug!r} already: {module.name}.")


def _last_of(hop: str, causes: Path) -> str:
    """Return the module after which a cause of this hop belongs: the last of the hop in the table."""
    in_table: list[str] = re.findall(
        r"^    (\w+)\.CAUSE,$", (causes / "__init__.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    hops = {name: _hop((causes / f"{name}.py").read_text(encoding="utf-8")) for name in in_table}
    return next(name for name in reversed(in_table) if hops[name] == hop)


def _hop(text: str) -> str:
    match = re.search(r"\bhop=Hop\.(\w+),", text)
    return match[1].lower() if match else ""


def _with_row(table: str, module: str, after: str) -> str:
    imported = re.search(r"from ws101\.causes import \(\n(.*?)\)", table, re.DOTALL)
    assert imported
    names = sorted([*imported[1].splitlines(), f"    {module},"])
    table = table.replace(imported[1], "\n".join(names) + "\n", 1)
    return table.replace(f"    {after}.CAUSE,\n", f"    {after}.CAUSE,\n    {module}.CAUSE,\n", 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
