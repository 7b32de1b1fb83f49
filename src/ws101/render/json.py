"""The report as JSON, "ws101.report/1": the public contract's keys and values, and none but these."""

import json
from typing import Any

from ws101 import __version__
from ws101.report import (
    SCHEMA,
    Account,
    Chronicle,
    Crossing,
    Excerpt,
    Finding,
    Group,
    LogSource,
    Remedy,
    Report,
)


def render(report: Report, *, version: str = __version__) -> str:
    """Return the report as indented JSON in ASCII; equal reports give equal text."""
    return json.dumps(document(report, version), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def document(report: Report, version: str = __version__) -> dict[str, Any]:
    """Return the report as the values that schema.json describes."""
    target = report.target
    return {
        "schema": SCHEMA,
        "tool": {"name": "ws101", "version": version},
        "target": {
            "url": target.url,
            "host": target.host,
            "port": target.port,
            "path": target.path,
            "scheme": target.scheme,
        },
        "outcome": report.outcome,
        "status": report.status,
        "verdict": _verdict(report),
        "findings": [_finding(finding) for finding in report.findings],
        "ruled_out": [{"cause": cleared.cause, "why": cleared.why} for cleared in report.ruled_out],
        "not_tested": [{"cause": missing.cause, "need": missing.need} for missing in report.not_tested],
        "trail": [
            {"hop": step.hop, "state": step.state, "ms": _rounded(step.ms), "detail": step.detail}
            for step in report.trail
        ],
        "experiments": [
            {
                "name": trial.name,
                "family": trial.family,
                "change": trial.change,
                "outcome": trial.outcome,
                "status": trial.status,
                "ms": _rounded(trial.ms),
            }
            for trial in report.experiments
        ],
        "incomplete": report.incomplete,
        "unexamined": list(report.unexamined),
        "redacted": report.redacted,
    } | _where_told(report)


def _where_told(report: Report) -> dict[str, Any]:
    told = {
        "seen": _seen(report.seen) if report.seen else None,
        "account": _account(report.account) if report.account else None,
        "chronicle": _chronicle(report.chronicle) if report.chronicle else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _account(account: Account) -> dict[str, Any]:
    return {
        "joined": list(account.joined),
        "lines": [
            {"hop": one.hop, "place": one.place, "time": one.time, "text": one.text, "note": one.note}
            for one in account.lines
        ],
        "silent": [
            {"hop": one.hop, "source": one.source, "sure": one.sure, "why": one.why, "setting": one.setting}
            for one in account.silent
        ],
        "contradictions": list(account.contradictions),
        "doubts": list(account.doubts),
    }


def _chronicle(chronicle: Chronicle) -> dict[str, Any]:
    return {
        "first": chronicle.first,
        "last": chronicle.last,
        "groups": [_group(group) for group in chronicle.groups],
        "sources": [_source(source) for source in chronicle.sources],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "outcome": group.outcome,
        "status": group.status,
        "cause": group.cause or None,
        "certainty": group.certainty,
        "count": group.count,
        "first": group.first,
        "last": group.last,
        "clients": dict(group.clients),
        "paths": dict(group.paths),
        "hosts": dict(group.hosts),
        "other_clients": group.other_clients,
        "other_paths": group.other_paths,
        "over_time": list(group.over_time),
    } | ({"account": _account(group.account)} if group.account else {})


def _source(source: LogSource) -> dict[str, Any]:
    return {
        "source": source.source,
        "hop": source.hop,
        "format": source.format,
        "lines": source.lines,
        "entries": source.entries,
        "unknown": source.unknown,
        "first": source.first,
        "last": source.last,
        "clock_ahead": source.offset,
        "problem": source.problem or None,
        "passed_over": source.passed_over,
        "samples": list(source.samples),
        "zoned": source.zoned,
        "ours": source.ours,
    }


def _seen(crossing: Crossing) -> dict[str, Any]:
    parts = [{"part": p.part, "sent": p.sent, "seen": p.seen, "fate": p.fate} for p in crossing.passages]
    return {"trace": crossing.trace, "parts": parts}


def _verdict(report: Report) -> dict[str, Any] | None:
    found = report.verdict
    if found is None:
        return None
    return {"cause": found.cause, "hop": found.hop, "certainty": found.certainty, "summary": report.summary}


def _finding(finding: Finding) -> dict[str, Any]:
    where = [place for one in finding.where for place in _places(one)]
    return (
        {
            "cause": finding.cause,
            "hop": finding.hop,
            "certainty": finding.certainty,
            "title": finding.title,
            "facts": [{"text": fact.text, "source": fact.source} for fact in finding.facts],
            "remedy": _remedy(finding.remedy),
        }
        | ({"where": where} if where else {})
        | ({"latent": True} if finding.latent else {})
    )


def _places(excerpt: Excerpt) -> list[dict[str, Any]]:
    """The lines that are to blame; those around them are for people."""
    marked = excerpt.marked
    return [
        {"file": excerpt.file, "line": line.number, "text": line.text.strip(), "note": line.note}
        for line in marked
    ]


def _remedy(remedy: Remedy) -> dict[str, Any]:
    optional = {"patch": remedy.patch, "command": remedy.command}
    return {"text": remedy.text, "applies": remedy.applies} | {
        k: v for k, v in optional.items() if v is not None
    }


def _rounded(ms: float | None) -> float | None:
    """Microseconds are noise."""
    return None if ms is None else round(ms, 2)
