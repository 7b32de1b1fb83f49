"""The way of a handshake through a configuration as JSON, "ws101.nginx.route/1"; nginx_route.json is its schema."""

import json
from typing import Any

from ws101 import __version__
from ws101.nginx.account import Account, Behind, Bound, Field, Line, Lost, Said

SCHEMA = "ws101.nginx.route/1"


def render(account: Account, request: dict[str, Any], nginx: dict[str, Any], *, redacted: bool) -> str:
    """Return the account as indented JSON in ASCII; `request` and `nginx` say what was asked, and of which nginx."""
    document = {
        "schema": SCHEMA,
        "tool": {"name": "ws101", "version": __version__},
        "request": request,
        "nginx": nginx,
        "possible": account.possible,
        "reasons": [_said(said) for said in account.reasons],
        "status": account.status,
        "way": [_said(said) for said in account.steps],
        "upstream": _upstream(account.upstream) if account.upstream else None,
        "limits": [_bound(bound) for bound in account.limits],
        "remarks": [_said(said) | {"weighty": said.weighty} for said in account.remarks],
        "assumed": list(account.assumed),
        "unread": [_said(said) for said in account.unread],
        "redacted": redacted,
    }
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _upstream(behind: Behind) -> dict[str, Any]:
    return {
        "scheme": behind.scheme,
        "server": behind.server,
        "servers": list(behind.servers),
        "method": behind.method,
        "target": behind.target,
        "protocol": behind.protocol,
        "protocol_line": _line(behind.protocol_line),
        "line": _line(behind.line),
        "fields": [_field(field) for field in behind.fields],
        "lost": [_lost(lost) for lost in behind.lost],
        "shadowed": [_line(line) for line in behind.shadowed],
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "value": field.value,
        "origin": field.origin,
        "line": _line(field.line),
        "map": _line(field.map),
        "unknown": field.why or None,
    }


def _lost(lost: Lost) -> dict[str, Any]:
    return {"name": lost.name, "value": lost.value, "why": lost.why, "line": _line(lost.line)}


def _bound(bound: Bound) -> dict[str, Any]:
    return {
        "directive": bound.directive,
        "text": bound.text,
        "line": _line(bound.line),
        "tight": bound.tight,
    }


def _said(said: Said) -> dict[str, Any]:
    return {"text": said.text, "line": _line(said.line)}


def _line(line: Line | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {"file": line.file, "line": line.line, "column": line.column, "text": line.text}
