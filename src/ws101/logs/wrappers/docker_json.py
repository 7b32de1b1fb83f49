r"""The lines of Docker's json-file driver, `{"log":"…\n","stream":"stdout","time":"…"}`, and of Fluent Bit, which keeps them so."""

import json
from typing import Any

from ws101.logs import stamp
from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper, inside

_BESIDE = ("stream", "kubernetes", "container_name", "container_id", "attrs")


def _members(text: str) -> dict[str, Any] | None:
    if not text.startswith("{") or '"log":' not in text:
        return None
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return None
    logged = isinstance(members, dict) and isinstance(members.get("log"), str)
    return members if logged and any(name in members for name in _BESIDE) else None


def _peel(line: Line) -> Line | None:
    members = _members(line.text)
    if members is None:
        return None
    time = members.get("time") or members.get("@timestamp")
    at = stamp.read(time) if isinstance(time, str) else None
    text = members["log"].removesuffix("\n").removesuffix("\r")
    return inside(line, text, at, str(members.get("stream", "")))


def _partial(line: Line) -> bool:
    """The driver cuts a line after 16 KiB; only its last piece ends with a line feed. Fluent Bit takes the line feed off."""
    members = _members(line.text)
    return members is not None and "time" in members and not members["log"].endswith("\n")


WRAPPER = Wrapper("docker-json", _peel, _partial)
