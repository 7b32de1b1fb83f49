"""Lines that collectors ship as JSON: Filebeat, Vector, Loki's logcli, CloudWatch, Google's Cloud Logging. The line as it was written is in one member.

Told from a program's own JSON, which has a `message` as well, by what only a collector puts beside it.
"""

import json
from collections.abc import Mapping
from typing import Any

from ws101.logs import stamp
from ws101.logs.line import Line
from ws101.logs.stamp import Stamp
from ws101.logs.wrapper import Wrapper, inside

# A member that holds the line, one beside it that only a collector writes, and of which kind that is.
_KINDS: tuple[tuple[str, str, type], ...] = (
    ("textPayload", "", str),  # Google's Cloud Logging: of text alone
    ("line", "labels", dict),  # logcli -o jsonl
    ("message", "ingestionTime", int),  # CloudWatch
    ("message", "logStreamName", str),
    ("message", "source_type", str),  # Vector
    ("message", "input", dict),  # Filebeat
    ("message", "agent", dict),
)
_SIGNS = (
    '"textPayload"',
    '"labels"',
    '"ingestionTime"',
    '"logStreamName"',
    '"source_type"',
    '"input"',
    '"agent"',
)
_NAMES = ("container_name", "container", "pod", "pod_name", "service_name", "app", "unit", "job")


def _peel(line: Line) -> Line | None:
    if not line.text.startswith("{") or not any(sign in line.text for sign in _SIGNS):
        return None
    try:
        members = json.loads(line.text)
    except (ValueError, RecursionError):
        return None
    text = _line(members) if isinstance(members, dict) else None
    if text is None:
        return None
    return inside(line, text.removesuffix("\n").removesuffix("\r"), _time(members), _stream(members))


def _line(members: Mapping[str, Any]) -> str | None:
    for name, beside, kind in _KINDS:
        if isinstance(members.get(name), str) and (not beside or isinstance(members.get(beside), kind)):
            original = members["event"].get("original") if isinstance(members.get("event"), dict) else None
            return original if isinstance(original, str) else str(members[name])
    return None


def _time(members: Mapping[str, Any]) -> Stamp | None:
    for name in ("timestamp", "@timestamp"):
        written = members.get(name)
        if isinstance(written, str) and (found := stamp.read(written)):
            return found
        if isinstance(written, int | float) and (seconds := stamp.of_number(written)) is not None:
            return Stamp(seconds, zoned=True, end=0)
    return None


def _stream(members: Mapping[str, Any]) -> str:
    """Return the container or program that wrote the line, as far as the collector says."""
    resource = members.get("resource")
    held = [members.get("labels"), resource.get("labels") if isinstance(resource, dict) else None, members]
    for labels in held:
        for name in _NAMES:
            if isinstance(labels, dict) and isinstance(labels.get(name), str):
                return str(labels[name])
    return ""


WRAPPER = Wrapper("collector-json", _peel)
