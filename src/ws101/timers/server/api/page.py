"""The documentation as one page that needs no script and nothing from elsewhere, made from the table of operations."""

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from http import HTTPStatus
from typing import Any

import msgspec

import ws101
from ws101.timers import wire
from ws101.timers.closing import CLOSINGS
from ws101.timers.problem import REFUSALS, Problem
from ws101.timers.server.api.description import OVERVIEW, example, groups, told
from ws101.timers.server.api.operation import NOTIFICATIONS, PREFIX, Access, Operation
from ws101.timers.server.api.style import SHEET

_CODE = re.compile(r"`([^`]+)`")
_TOLD = (wire.TimerUpdate, wire.TimerCompleted, wire.TimerListUpdate, wire.TimerListRefresh, wire.NotificationWithdrawn,
         wire.Welcome, wire.Pong)  # fmt: skip
_SAID = (wire.Ping, wire.Ack, wire.SubscribeTimers)


def documentation(operations: Sequence[Operation]) -> str:
    """Return the page of all operations, the socket's messages, refusals and closes."""
    names = [*groups(operations), "Messages", "Refusals", "Closes"]
    links = "".join(f'<a href="#{_anchor(name)}">{escape(name)}</a>' for name in names)
    sections = [_group(name, [o for o in operations if o.group == name]) for name in groups(operations)]
    return _page(
        "ws101 timers",
        f'<nav><b><a href="/">ws101 timers</a></b>{links}<hr><a href="{PREFIX}/openapi.json">OpenAPI document</a>'
        f'<a href="/.well-known/jwks.json">Public keys</a></nav><main><h1>ws101 timers {escape(ws101.__version__)}</h1>'
        f'<p class="lead">{_inline(OVERVIEW)}</p>{_beginning()}{"".join(sections)}{_messages()}{_refusals()}{_closes()}'
        "</main>",
    )


def welcome() -> str:
    """Return the page at the root."""
    return _page(
        "ws101 timers",
        "<nav><b>ws101 timers</b></nav><main><h1>The timer service runs</h1>"
        '<p class="lead">Timers that run here and are told to every device of their user, over REST and a WebSocket.</p>'
        f'<table><tr><td><a href="{PREFIX}/docs">Documentation</a></td><td>every call, with a line of curl</td></tr>'
        f'<tr><td><a href="{PREFIX}/openapi.json">OpenAPI</a></td><td>the same for programs</td></tr>'
        '<tr><td><a href="/health">Health</a> · <a href="/ready">Ready</a></td><td>whether it lives, whether it takes new'
        " work</td></tr></table></main>",
    )


def _page(title: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><style>{SHEET}</style></head><body><div class="frame">{content}</div></body></html>'
    )


def _beginning() -> str:
    lines = (
        "curl -X POST $URL/api/v1/auth/register -H 'Content-Type: application/json' \\\n"
        """  -d '{"name": "Ada", "email": "ada@example.org", "password": "a long one"}'\n"""
        "export TOKEN=…    # the answer's token; for 10 minutes, unless the service is set otherwise\n"
        'curl $URL/api/v1/timers/lists -H "Authorization: Bearer $TOKEN"\n'
        "ws101 check $URL/api/v1/timers/notifications --token-env TOKEN"
    )
    return f"<h2>To begin with</h2><pre>{escape(lines)}</pre>"


def _group(name: str, operations: Iterable[Operation]) -> str:
    return f'<h2 id="{_anchor(name)}">{escape(name)}</h2>' + "".join(map(_operation, operations))


def _operation(operation: Operation) -> str:
    path = re.sub(r"(\{\w+\})", r"<i>\1</i>", escape(operation.path))
    parts = [
        f"<p>{_inline(operation.description)}</p>" if operation.description else "",
        f'<p class="who">For {operation.access.value}.</p>',
        "<h4>Try it</h4>" + f"<pre>{escape(_curl(operation))}</pre>",
        _parameters(operation),
        _shape("Body", operation.body),
        _shape(f"Answer {operation.status} {HTTPStatus(operation.status).phrase}", operation.answer),
        _table(
            "Refusals",
            ((f"{n} {HTTPStatus(n).phrase}", _inline(why)) for n, why in operation.reasons().items()),
        ),
    ]
    return (
        f'<details id="{operation.name}"><summary><b class="verb {operation.method}">{operation.method}</b>'
        f"<code>{path}</code><span>{_inline(operation.summary)}</span></summary>"
        f'<div class="inside">{"".join(parts)}</div></details>'
    )


def _curl(operation: Operation) -> str:
    url = "$URL" + re.sub(
        r"\{(\w+)\}", lambda found: "$" + found[1].removesuffix("Id").upper() + "_ID", operation.path
    )
    if operation.path == NOTIFICATIONS:
        return f"ws101 check {url} --token-env TOKEN\n\n# or, to watch: ws101 timers watch"
    verb = "" if operation.method == "GET" else f"-X {operation.method} "
    lines = [f"curl {verb}{url}"]
    if operation.access is not Access.OPEN:
        lines.append('  -H "Authorization: Bearer $TOKEN"')
    if operation.body is not None:
        text = json.dumps(example(operation.body), ensure_ascii=False)
        lines += ["  -H 'Content-Type: application/json'", f"  -d '{text}'"]
    return " \\\n".join(lines)


def _parameters(operation: Operation) -> str:
    rows = [(name, "in the path") for name in operation.variables]
    rows += [(p.name, "in the query: " + p.description) for p in operation.query]
    if operation.conditional:
        rows.append(("If-Match", "a header, with an ETag: do it only while this is still the version"))
    return _table("Parameters", ((name, _inline(about)) for name, about in rows))


def _shape(title: str, kind: Any) -> str:
    """Show a struct's members, or those of what an array holds."""
    if kind is None:
        return f"<h4>{escape(title)}</h4><p>Nothing.</p>" if title.startswith("Answer") else ""
    (schema,), components = msgspec.json.schema_components([kind], ref_template="{name}")
    held = schema.get("items", schema)
    if "$ref" not in held:
        return f"<h4>{escape(title)}</h4><p>{'JSON.' if held.get('type') == 'object' else 'Text.'}</p>"
    of = "" if held is schema else "an array of "
    rows = _members(components[held["$ref"]])
    return _table(f"{title}: {of}{held['$ref']}", rows)


def _members(schema: dict[str, Any]) -> Iterable[tuple[str, str]]:
    required = set(schema.get("required", ()))
    for name, member in schema.get("properties", {}).items():
        said = [_kind(member)]
        if "description" in member:
            said.append(told(member["description"]))
        said += _bounds(member)
        if name not in required:
            said.append(
                f"by default `{json.dumps(member['default'])}`" if "default" in member else "may be absent"
            )
        yield name, _inline(", ".join(said))


def _kind(member: dict[str, Any]) -> str:
    if "$ref" in member:
        return str(member["$ref"])
    if "anyOf" in member:
        return " or ".join(_kind(kind) for kind in member["anyOf"])
    if "enum" in member:
        return " or ".join(f"`{value}`" for value in member["enum"])
    if member.get("type") == "array":
        return f"array of {_kind(member.get('items', {}))}"
    return str(member.get("type", "anything"))


def _bounds(member: dict[str, Any]) -> list[str]:
    words = {"minimum": "at least", "maximum": "at most", "minLength": "at least", "maxLength": "at most"}
    unit = {"minLength": " characters", "maxLength": " characters"}
    return [f"{word} {member[name]:,}{unit.get(name, '')}" for name, word in words.items() if name in member]


def _messages() -> str:
    shown = "".join(_message(kind, "POST", "service → client") for kind in _TOLD)
    shown += "".join(_message(kind, "GET", "client → service") for kind in _SAID)
    return (
        '<h2 id="about-messages">Messages</h2><p class="lead">On the socket, each message is one JSON text with a <code>type</code>.'
        " Events have a <code>seq</code> without gaps; with <code>?since=</code> you get those that you missed.</p>"
        + shown
    )


def _message(kind: type[msgspec.Struct], colour: str, way: str) -> str:
    name = str(kind.__struct_config__.tag)
    about = told(kind.__doc__ or "")
    _, components = msgspec.json.schema_components([kind], ref_template="{name}")
    rows = _table("Members", _members(components[kind.__name__]))
    return (
        f'<details id="{name}"><summary><b class="verb {colour}" title="{way}">{way.partition(" ")[0]}</b>'
        f"<code>{name}</code></summary>"
        f'<div class="inside"><p>{_inline(about)}</p>{rows}</div></details>'
    )


def _refusals() -> str:
    rows = (
        (refusal.cause, f"{refusal.status} · {_inline(refusal.title)}. {_inline(refusal.remedy)}")
        for refusal in REFUSALS.values()
    )
    return (
        '<h2 id="about-refusals">Refusals</h2><p class="lead">Why a handshake is refused: the <code>type</code> of the problem'
        " document is <code>urn:ws101:cause:</code> and one of these. <code>retry</code> says when to try again,"
        " <code>actor</code> who must act, and <code>GET /api/v1/handshakes/{traceId}</code> what the service saw.</p>"
        + _table("", rows)
        + _shape("A problem document", Problem)
    )


def _closes() -> str:
    rows = ((str(c.code), f"{escape(c.reason)} · {escape(c.then.value)}") for c in CLOSINGS)
    return f'<h2 id="about-closes">Closes</h2><p class="lead">Why the service closes a socket, and what to do then.</p>{_table("", rows)}'


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><td><code>{escape(name)}</code></td><td>{text}</td></tr>" for name, text in rows)
    head = f"<h4>{escape(title)}</h4>" if title else ""
    return f'{head}<div class="wide"><table>{lines}</table></div>' if lines else ""


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def _anchor(name: str) -> str:
    return "about-" + name.lower().replace(" ", "-")
