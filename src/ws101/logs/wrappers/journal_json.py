"""What `journalctl -o json` prints: MESSAGE among many fields; bytes that are no UTF-8 come as a list of numbers."""

import json
from collections.abc import Mapping
from typing import Any

from ws101.logs.line import Line
from ws101.logs.stamp import Stamp
from ws101.logs.wrapper import Wrapper, inside

_UNITS = ("CONTAINER_NAME", "_SYSTEMD_UNIT", "_SYSTEMD_USER_UNIT", "SYSLOG_IDENTIFIER", "_COMM")


def _peel(line: Line) -> Line | None:
    if not line.text.startswith("{") or '"MESSAGE"' not in line.text:
        return None
    try:
        members = json.loads(line.text)
    except (ValueError, RecursionError):
        return None
    text = _message(members.get("MESSAGE"))
    unit = next((str(members[name]) for name in _UNITS if members.get(name)), "")
    process = members.get("_PID")
    return inside(line, text, _time(members), f"{unit}[{process}]" if process else unit)


def _message(value: object) -> str:
    if isinstance(value, list) and all(isinstance(n, int) and 0 <= n < 256 for n in value):
        return bytes(value).decode(errors="backslashreplace")
    return value if isinstance(value, str) else ""


def _time(members: Mapping[str, Any]) -> Stamp | None:
    """The program's own time where it gave one, else the journal's; both are in microseconds."""
    for name in ("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"):
        written = members.get(name)
        if isinstance(written, str) and written.isdigit() and written.isascii() and len(written) < 18:
            return Stamp(int(written) / 1e6, zoned=True, end=len(written))
    return None


WRAPPER = Wrapper("journal-json", _peel)
