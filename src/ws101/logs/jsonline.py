"""A line of JSON as a structured logger writes it: its members, by the names that loggers use for the same thing."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ws101.logs import stamp
from ws101.logs.entry import Level
from ws101.logs.preamble import level_of
from ws101.logs.record import fields
from ws101.redact import printable

_TIMES = ("time", "timestamp", "@timestamp", "ts", "datetime", "t", "@t", "date", "asctime", "Timestamp")
_LEVELS = ("level", "severity", "lvl", "levelname", "log.level", "@l", "LogLevel", "Level", "loglevel")
_MESSAGES = (
    "message",
    "msg",
    "event",
    "@m",
    "@mt",
    "text",
    "body",
    "short_message",
    "Message",
    "RenderedMessage",
    "textPayload",
)


@lru_cache(maxsize=4)  # a line is asked by several formats whether it is theirs
def parse(text: str) -> Mapping[str, Any] | None:
    """Return the members of a line that is one object, or None."""
    if not (text.startswith("{") and text.rstrip().endswith("}")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def text_of(members: Mapping[str, Any], *names: str) -> str:
    """Return the first of these members that is text, or an empty string; a number counts as its digits."""
    for name in names:
        value = members.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def number_of(members: Mapping[str, Any], *names: str) -> int | None:
    """Return the first of these members that is a whole number, also where it stands as text."""
    for name in names:
        value = members.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
    return None


def member_of(members: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return the first of these members that is an object, or an empty one."""
    return next((value for name in names if isinstance(value := members.get(name), dict)), {})


def headers(request: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the fields of a request's member `headers` by their lower-case names, fit to be shown."""
    listed = member_of(request, "headers")
    return fields(
        (name, printable(", ".join(map(str, value)) if isinstance(value, list) else str(value)))
        for name, value in listed.items()
    )


def message(members: Mapping[str, Any]) -> str:
    """Return what the line says, its error included."""
    error = members.get("error") or members.get("err") or members.get("exception") or members.get("@x")
    parts = [text_of(members, *_MESSAGES)]
    if isinstance(error, dict):
        parts += [text_of(error, "type", "name"), text_of(error, "message", "msg"), text_of(error, "code")]
    elif isinstance(error, str):
        parts.append(error)
    parts += [text_of(members, "stack_trace", "stack", "exc_info", "trace")]
    return ": ".join(part for part in parts if part)


def level(members: Mapping[str, Any]) -> Level | None:
    """Return how grave the line is."""
    return next((level_of(members[name]) for name in _LEVELS if name in members), None)


def moment(members: Mapping[str, Any]) -> tuple[float | None, bool]:
    """Return the line's time in seconds since the epoch, and whether it names a zone."""
    for name in _TIMES:
        value = members.get(name)
        if isinstance(value, str):
            found = stamp.read(value)
            if found is not None:
                return found.time, found.zoned
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = stamp.of_number(value)
            if seconds is not None:
                return seconds, True
    return None, True
