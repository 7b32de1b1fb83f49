"""Findings as JSON, "ws101.nginx.lint/1"."""

import json
from typing import Any

from ws101 import __version__
from ws101.render.nginx_lint.shown import Item, Marked, Shown

SCHEMA = "ws101.nginx.lint/1"


def render(shown: Shown) -> str:
    """Return the findings as indented JSON in ASCII."""
    document = {
        "schema": SCHEMA,
        "tool": {"name": "ws101", "version": __version__},
        "config": shown.config,
        "nginx": {"version": shown.version, "known": shown.version_known},
        "files": shown.files,
        "sockets": [{"url": url, "why": why} for url, why in shown.sockets],
        "findings": [_item(item) for item in shown.items],
        "suppressed": [
            {"rule": one.rule, "place": place(one.place), "reason": one.reason} for one in shown.passed
        ],
        "incomplete": list(shown.unseen),
        "hidden": shown.hidden,
        "exit_status": shown.exit_status,
    }
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _item(item: Item) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "severity": item.severity,
        "cause": item.cause or None,
        "message": item.message,
        "place": place(item.place),
        "related": [place(one) | {"note": one.note} for one in item.related],
        "remedy": item.remedy or None,
        "sockets": list(item.why),
        "fix": {"safe": item.safe, "edits": [place(c.place) | {"insert": c.text} for c in item.changes]}
        if item.changes
        else None,
    }


def place(mark: Marked) -> dict[str, Any]:
    """Return a place; lines and columns count from 1, and the end is behind the last character."""
    return {
        "file": mark.file,
        "line": mark.line,
        "column": mark.column,
        "end_line": mark.end_line,
        "end_column": mark.end_column,
        "text": mark.lines[0].strip() if mark.lines else "",
    }
