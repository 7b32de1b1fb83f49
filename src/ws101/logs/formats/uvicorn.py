"""uvicorn's log, also inside gunicorn: `127.0.0.1:5000 - "WebSocket /ws" [accepted]`, and what it refuses before the application.

Observed: uvicorn 0.54.0 with websockets 17.4, with wsproto, and with neither.
"""

import re
from collections.abc import Sequence

from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.oneline import Shape, formats
from ws101.logs.record import message, record
from ws101.signature import Says
from ws101.terms import Hop

_PEER = r"(?P<client>\[?[\w.:%]{1,60}\]?):(?P<peerport>\d{1,5}) - "
# A refusal of its own has no line with a path; one by the application has, and is told twice.
# httptools_impl.py and h11_impl.py, _should_upgrade: without both, the request is a GET to uvicorn.
_ARRIVED = (("upgrade", "websocket"), ("connection", "upgrade"))
_OWN = "400|405|426|431|505"
_MEANS = {431: Says.HEADER_TOO_LARGE, 505: Says.HTTP_VERSION, 405: Says.METHOD}


def _finish(entry: Entry, _: re.Match[str]) -> None:
    if entry.says is Says.NOTHING and not entry.path:
        entry.says = _MEANS.get(entry.status or 0, Says.NOTHING)


REQUEST = formats(
    "uvicorn",
    "uvicorn",
    Hop.SERVER,
    (b'"WebSocket /', b"connection rejected (", b"HTTP response sent (", b"Invalid HTTP request"),
    (
        Shape(
            '"WebSocket ',
            _PEER + r'"WebSocket (?P<path>[^"\n]{1,4000}?)" \[accepted\]',
            status=101,
            arrived=_ARRIVED,
        ),
        Shape(
            '"WebSocket ',
            _PEER + r'"WebSocket (?P<path>[^"\n]{1,4000}?)" (?P<status>\d{3})',
            arrived=_ARRIVED,
        ),
        Shape(
            ' - "',
            _PEER
            + r'"(?P<method>[A-Z]{1,12}) (?P<path>[^"\n]{1,4000}?) (?P<version>HTTP/[\d.]{1,3})" (?P<status>\d{3})',
        ),
        Shape(
            "(",
            rf"(?P<words>(?:connection rejected|HTTP response sent) \((?P<status>{_OWN})\b[^)\n]{{0,80}}\))",
        ),
        Shape(
            "Invalid HTTP request received",
            r"(?P<words>Invalid HTTP request received)",
            says=Says.MALFORMED,
            status=400,
        ),
    ),
    _finish,
)


_UPGRADE, _LIBRARY = "Unsupported upgrade request.", "No supported WebSocket library detected"


def _read(lines: Sequence[Line]) -> Entry | None:
    """Return the entry of an upgrade that nothing here takes; a second line tells that a library is missing."""
    found = record(lines)
    says = Says.NO_LIBRARY if _LIBRARY in found.text else Says.NOTHING
    return found.entry(
        "uvicorn-upgrade", "uvicorn", Hop.SERVER, told=Told.WRONG, says=says, words=found.messages[-1]
    )


UPGRADE = Format(
    "uvicorn-upgrade",
    "uvicorn",
    Hop.SERVER,
    lambda text: _UPGRADE in text and message(text) == _UPGRADE,
    _read,
    (_UPGRADE.encode(),),
    lambda text: _LIBRARY in text,
)
FORMATS = (REQUEST, UPGRADE)
