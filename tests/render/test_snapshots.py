"""Every renderer shows every example report exactly as its snapshot has it.

`UPDATE_SNAPSHOTS=1 pytest tests/render` writes them anew; the difference is then read in the commit.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from render.reports import REPORTS
from ws101.render import html, json, markdown, run, sarif, terminal
from ws101.report import Report

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = bool(os.environ.get("UPDATE_SNAPSHOTS"))

RENDERERS: dict[str, Callable[[Report], str]] = {
    "80.txt": terminal.render,
    "120.txt": partial(terminal.render, width=120),
    "colour.txt": partial(terminal.render, colour=True),
    "ascii.txt": partial(terminal.render, ascii_only=True),
    "json": partial(json.render, version="0.0.0"),
    "md": markdown.render,
    "html": partial(html.render, version="0.0.0"),
    "sarif": partial(sarif.render, version="0.0.0"),
    "run.json": run.dump,
}


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("name", REPORTS)
def test_report_is_shown_as_in_its_snapshot(name: str, form: str) -> None:
    shown = RENDERERS[form](REPORTS[name])
    snapshot = SNAPSHOTS / f"{name}.{form}"
    if UPDATE:
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_bytes(shown.encode())
    assert snapshot.is_file(), f"no snapshot yet: UPDATE_SNAPSHOTS=1 writes {snapshot.name}"
    assert shown == snapshot.read_bytes().decode()


def test_no_snapshot_is_left_over() -> None:
    assert {path.name for path in SNAPSHOTS.iterdir()} == {
        f"{name}.{form}" for name in REPORTS for form in RENDERERS
    }
