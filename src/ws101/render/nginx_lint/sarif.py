"""Findings as SARIF 2.1.0 for code scanning: rules with their pages, regions, related places, fixes, suppressions."""

import json
from typing import Any
from urllib.parse import quote

from ws101 import __version__
from ws101.render.nginx_lint.shown import Change, Item, Marked, Shown

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(shown: Shown) -> str:
    """Return the findings as a SARIF log in ASCII."""
    numbers = {rule.name: number for number, rule in enumerate(shown.rules)}
    rules = [
        {
            "id": rule.name,
            "shortDescription": {"text": rule.title},
            "help": {"text": rule.page, "markdown": rule.page},
            "defaultConfiguration": {"level": rule.severity},
        }
        for rule in shown.rules
    ]
    results = [_result(item, numbers[item.rule]) for item in shown.items]
    results += [_suppressed(one.rule, one.place, one.reason) for one in shown.passed]
    run = {
        "tool": {"driver": {"name": "ws101", "version": __version__, "rules": rules}},
        "invocations": [
            {
                "executionSuccessful": not shown.unseen,
                "exitCode": shown.exit_status,
                "toolExecutionNotifications": [
                    {"level": "warning", "message": {"text": text}} for text in shown.unseen
                ],
            }
        ],
        "results": results,
        "columnKind": "unicodeCodePoints",
    }
    return (
        json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, allow_nan=False) + "\n"
    )


def _result(item: Item, number: int) -> dict[str, Any]:
    said = [
        item.message,
        *(f"{why}." for why in item.why[:1]),
        *([f"Fix: {item.remedy}"] if item.remedy else []),
    ]
    result: dict[str, Any] = {
        "ruleId": item.rule,
        "ruleIndex": number,
        "level": item.severity,
        "message": {"text": "\n".join(said)},
        "locations": [{"physicalLocation": _physical(item.place)}],
        "properties": {"cause": item.cause, "sockets": list(item.why)},
    }
    if item.related:
        result["relatedLocations"] = [
            {"id": n, "physicalLocation": _physical(one), "message": {"text": one.note or "is related"}}
            for n, one in enumerate(item.related, 1)
        ]
    if item.changes:
        result["fixes"] = [_fix(item)]
    return result


def _suppressed(rule: str, place: Marked, reason: str) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "level": "note",
        "message": {"text": f"let pass: {reason}"},
        "locations": [{"physicalLocation": _physical(place)}],
        "suppressions": [{"kind": "inSource", "justification": reason}],
    }


def _fix(item: Item) -> dict[str, Any]:
    files: dict[str, list[Change]] = {}
    for change in item.changes:
        files.setdefault(change.place.file, []).append(change)
    return {
        "description": {
            "text": f"{item.remedy or item.message} ({'safe' if item.safe else 'look at it before'})"
        },
        "artifactChanges": [
            {
                "artifactLocation": {"uri": _uri(file)},
                "replacements": [
                    {"deletedRegion": _region(one.place), "insertedContent": {"text": one.text}}
                    for one in changes
                ],
            }
            for file, changes in files.items()
        ],
    }


def _physical(mark: Marked) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(mark.file)}, "region": _region(mark)}


def _region(mark: Marked) -> dict[str, int]:
    return {
        "startLine": mark.line,
        "startColumn": mark.column,
        "endLine": mark.end_line,
        "endColumn": mark.end_column,
    }


def _uri(file: str) -> str:
    path = quote(file, safe="/:@!$&'()*+,;=~", errors="replace")
    return f"file://{path}" if path.startswith("/") else path
