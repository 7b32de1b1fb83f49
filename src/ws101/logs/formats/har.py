"""HAR files of browsers: each handshake with its whole heads as the browser sent and got them (HAR 1.2).

Chromium writes 101 for an open socket and 0 for one that met no answer that it tells; Firefox the status.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ws101.logs import jsonline
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.preamble import Preamble
from ws101.logs.record import Record, fields, identity, where
from ws101.report import Hop
from ws101.signature import Says

NAME, SOFTWARE = "har", "a browser"
_SIGNS = (b'"startedDateTime"',)
# Chromium's `_error`, as far as it has one meaning.
_MEANS = {
    "net::ERR_CONNECTION_REFUSED": Says.REFUSED,
    "net::ERR_NAME_NOT_RESOLVED": Says.NAME_UNKNOWN,
    "net::ERR_CONNECTION_TIMED_OUT": Says.UNREACHABLE,
    "net::ERR_CONNECTION_RESET": Says.CLOSED,
    "net::ERR_EMPTY_RESPONSE": Says.CLOSED,
    "net::ERR_CERT_AUTHORITY_INVALID": Says.TLS_UNTRUSTED,
    "net::ERR_CERT_COMMON_NAME_INVALID": Says.TLS_NAME,
}


def _opens(text: str) -> bool:
    if not text.startswith("{") or '"request"' not in text or '"startedDateTime"' not in text:
        return False
    members = jsonline.parse(text)
    return members is not None and isinstance(members.get("request"), dict)


def _read(lines: Sequence[Line]) -> Entry | None:
    members = jsonline.parse(lines[0].text)
    request = jsonline.member_of(members or {}, "request")
    if members is None or not request or not _is_handshake(members, request):
        return None
    time, zoned = jsonline.moment({"time": members.get("startedDateTime")})
    found = Record(lines, Preamble(0, 0, time, zoned), ("",))
    answer = jsonline.member_of(members, "response")
    status = jsonline.number_of(answer, "status") or None
    error = jsonline.text_of(answer, "_error") or jsonline.text_of(members, "_error")
    headers, place = fields(_rows(request)), where(jsonline.text_of(request, "url"))
    took = members.get("time")
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.CLIENT,
        told=Told.ANSWERED if status else Told.WRONG,
        method=jsonline.text_of(request, "method"),
        version=jsonline.text_of(request, "httpVersion").upper(),
        scheme=place.scheme,
        host=place.host,
        port=place.port,
        path=place.path,
        status=status,
        headers=headers,
        whole="sec-websocket-key" in headers,
        agent=headers.get("user-agent", ""),
        took=took / 1000 if isinstance(took, int | float) and took > 0 else None,
        says=_MEANS.get(error, Says.NOTHING),
        words=error or jsonline.text_of(answer, "statusText"),
        identity=identity(headers),
    )


def _is_handshake(members: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    if members.get("_resourceType") == "websocket" or "_webSocketMessages" in members:
        return True
    if jsonline.text_of(request, "url").startswith(("ws://", "wss://")):
        return True
    return any(name.lower() == "upgrade" and value.lower() == "websocket" for name, value in _rows(request))


def _rows(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    listed = request.get("headers")
    for row in listed if isinstance(listed, list) else ():
        if isinstance(row, dict):
            yield jsonline.text_of(row, "name"), jsonline.text_of(row, "value")


FORMAT = Format(NAME, SOFTWARE, Hop.CLIENT, _opens, _read, _SIGNS)
