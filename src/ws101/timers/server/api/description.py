"""The OpenAPI 3.1 document, made from the table of operations and the types they name; says nothing that these do not."""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

import ws101
from ws101.timers import wire
from ws101.timers.problem import CONTENT_TYPE, Problem
from ws101.timers.server.api.operation import Access, Operation

_REF = "#/components/schemas/{name}"
_SNAKE = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")
_HEADERS: dict[str, Any] = {
    "X-Request-Id": {"description": "the request's own id, or one made for it", "schema": {"type": "string"}},
    "ETag": {"description": "the version, for If-Match", "schema": {"type": "string"}},
    "Location": {"description": "the path of what was made", "schema": {"type": "string"}},
    "Retry-After": {"description": "seconds", "schema": {"type": "integer"}},
    "WWW-Authenticate": {
        "description": "what to authenticate with (RFC 6750, 3)",
        "schema": {"type": "string"},
    },
}
OVERVIEW = (
    "Timers that run on the service and are told to every device of their user. Sign in, send `Authorization: Bearer TOKEN`,"
    " and open a WebSocket at `/api/v1/timers/notifications` to be told. `duration` is in milliseconds, `remainingSeconds`"
    " in seconds, moments (`…At`) in milliseconds since the Unix epoch. Every refusal is a problem document (RFC 9457) with"
    " a `traceId`."
)


def describe(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the document."""
    types = [
        Problem,
        *(kind for operation in operations for kind in (operation.body, operation.answer) if kind),
    ]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    known = {repr(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ws101 timers", "version": ws101.__version__, "description": OVERVIEW},
        "tags": [{"name": group} for group in groups(operations)],
        "paths": paths,
        "components": {
            "schemas": {name: _camel(schema) for name, schema in components.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def groups(operations: Iterable[Operation]) -> list[str]:
    """Return the groups in the order in which they come."""
    return list(dict.fromkeys(operation.group for operation in operations))


def example(kind: Any) -> Any:
    """Return a value that fits a body's type, as short as can be."""
    (schema,), components = msgspec.json.schema_components([kind], ref_template=_REF)
    return _example(schema, components)


def _example(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(components[schema["$ref"].rpartition("/")[2]], components)
    if "examples" in schema:
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], components)
    kind = schema["type"]
    if kind == "object":
        members = schema.get("properties", {})
        wanted = schema.get("required") or list(members)[:1]
        return {name: _example(member, components) for name, member in members.items() if name in wanted}
    plain = {"string": "…", "integer": max(schema.get("minimum", 0), 0), "boolean": True, "array": []}
    return plain[kind]


def _operation(operation: Operation, known: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.group],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": _parameters(operation),
        "responses": {str(operation.status): _success(operation, known)}
        | {str(status): _refusal(status, why) for status, why in operation.reasons().items()},
    }
    if operation.body is not None:
        found["requestBody"] = {
            "required": not operation.may_be_empty,
            "content": {"application/json": {"schema": known[repr(operation.body)]}},
        }
    if operation.access is not Access.OPEN:
        found["security"] = [{"token": []}]
    return found


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in operation.variables
    ]
    found += [
        {"name": name, "in": "query", "required": required, "description": about, "schema": text}
        for name, about, required in operation.query
    ]
    if operation.conditional:
        about = "an ETag: do it only while this is still the version"
        found.append(
            {"name": "If-Match", "in": "header", "required": False, "description": about, "schema": text}
        )
    return found


def _success(operation: Operation, known: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": HTTPStatus(operation.status).phrase,
        "headers": {"X-Request-Id": _HEADERS["X-Request-Id"]},
    }
    if operation.answer in {wire.TimerList, wire.Timer}:
        found["headers"]["ETag"] = _HEADERS["ETag"]
    if operation.status == 201 and operation.group != "Notifications":
        found["headers"]["Location"] = _HEADERS["Location"]
    if operation.answer is not None:
        found["content"] = {operation.media: {"schema": known[repr(operation.answer)]}}
    return found


def _refusal(status: int, why: str) -> dict[str, Any]:
    headers = {"X-Request-Id": _HEADERS["X-Request-Id"]}
    if status == 401:
        headers["WWW-Authenticate"] = _HEADERS["WWW-Authenticate"]
    if status in {429, 503}:
        headers["Retry-After"] = _HEADERS["Retry-After"]
    content = {CONTENT_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}}
    return {"description": why, "headers": headers, "content": content}


def _camel(schema: Any) -> Any:
    """Write the names of members in descriptions as they are on the wire."""
    if isinstance(schema, dict):
        return {
            name: told(value) if name == "description" and isinstance(value, str) else _camel(value)
            for name, value in schema.items()
        }
    return [_camel(member) for member in schema] if isinstance(schema, list) else schema


def told(text: str) -> str:
    """Return a description in one line, with the names of members as they are on the wire."""

    def camel(found: re.Match[str]) -> str:
        first, *rest = found[1].split("_")
        return "`" + first + "".join(part.title() for part in rest) + "`"

    return _SNAKE.sub(camel, " ".join(text.split()))
