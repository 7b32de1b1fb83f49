"""The report as SARIF 2.1.0, for code scanning: a rule for each cause that was found, a result for each finding."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from ws101 import __version__
from ws101.render import outline
from ws101.render.outline import WHERE, seen_as
from ws101.report import CodeLine, Finding, Report
from ws101.terms import Certainty

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Certainty.PROVEN: "error", Certainty.LIKELY: "error", Certainty.POSSIBLE: "warning"}
_NO_PAGES: Mapping[str, str] = MappingProxyType({})


def render(report: Report, *, version: str = __version__, pages: Mapping[str, str] = _NO_PAGES) -> str:
    """Return the report as a SARIF log in ASCII; `pages` maps a cause to the text that becomes its rule's help."""
    driver = {
        "name": "ws101",
        "version": version,
        "rules": [_rule(f, pages.get(f.cause, "")) for f in report.findings],
    }
    run = {
        "tool": {"driver": driver},
        "artifacts": [{"location": {"uri": uri}} for uri in _uris(report)],
        "invocations": [_invocation(report)],
        "results": [_result(finding, index, report) for index, finding in enumerate(report.findings)],
        "columnKind": "unicodeCodePoints",
    }
    return (
        json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, allow_nan=False) + "\n"
    )


def _rule(finding: Finding, page: str) -> dict[str, Any]:
    return {
        "id": finding.cause,
        "shortDescription": {"text": finding.title or finding.cause},
        "help": {"text": page.strip() or finding.remedy.text or finding.cause},
        "properties": {"tags": ["websocket", finding.hop.value]},
    }


def _result(finding: Finding, index: int, report: Report) -> dict[str, Any]:
    return {
        "ruleId": finding.cause,
        "ruleIndex": index,
        "level": _LEVELS[finding.certainty],
        "message": {"text": _message(finding)},
        "locations": _locations(finding, report),
        "properties": {"certainty": finding.certainty, "hop": finding.hop},
    }


def _locations(finding: Finding, report: Report) -> list[dict[str, Any]]:
    """Return the lines that are to blame, where a configuration shows them; else the URL that was asked for."""
    uris = _uris(report)
    places = [_place(uris, one.file, line) for one in finding.where for line in one.marked]
    return places or [{"physicalLocation": {"artifactLocation": {"uri": uris[0], "index": 0}}}]


def _place(uris: Sequence[str], file: str, line: CodeLine) -> dict[str, Any]:
    uri = _path(file)
    region = {"startLine": line.number, "snippet": {"text": line.text}}
    where = {"artifactLocation": {"uri": uri, "index": uris.index(uri)}, "region": region}
    return {"physicalLocation": where, "message": {"text": line.note}}


def _uris(report: Report) -> tuple[str, ...]:
    """Return what results speak of: the URL first, then the files of a configuration."""
    files = (_path(one.file) for finding in report.findings for one in finding.where)
    return tuple(dict.fromkeys((_uri(report), *files)))


def _path(file: str) -> str:
    return quote(file, safe="/", errors="replace")


def _message(finding: Finding) -> str:
    facts = "".join(f"\n- {fact.text} [{fact.source}]" for fact in finding.facts)
    fix = f"\nFix {WHERE[finding.remedy.applies]}: {finding.remedy.text}"
    return f"{finding.title} ({finding.certainty}).{facts}{fix}"


def _invocation(report: Report) -> dict[str, Any]:
    """Tell a run that could not look at everything from one that found nothing (SARIF 3.20.14, 3.20.21)."""
    missing = [f"{n.cause}: not tested; needed: {n.need}" for n in report.not_tested]
    astray = [
        f"{p.part}: sent as {p.sent}; the server saw {seen_as(p)} [trace]" for p in outline.astray(report)
    ]
    doubts = report.account.doubts if report.account else ()
    said = [*report.unexamined, *doubts, *astray, *missing]
    return {
        "executionSuccessful": not report.incomplete,
        "exitCode": report.exit_status,
        "toolExecutionNotifications": [{"level": "note", "message": {"text": text}} for text in said if text],
    }


def _uri(report: Report) -> str:
    """Return the target's URL with what RFC 3986 does not allow in one percent-encoded."""
    return quote(report.target.url, safe="%:/?#@!$&'()*+,;=~", errors="replace")
