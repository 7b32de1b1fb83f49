"""HAR files of browsers: each handshake with its whole heads as the browser sent and got them (HAR 1.2).

Chromium writes 101 for an open socket and 0 for one that met no answer that it tells; Firefox the status. A refusal's fields and
body say who wrote it, and what it means.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ws101.logs import jsonline, slugs
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.preamble import Preamble
from ws101.logs.record import Record, fields, identity, where
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "har", "a browser"
_SIGNS = (b'"startedDateTime"',)
_LONGEST, _SHOWN = 2000, 200  # characters of a body that are looked at, and quoted
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
    said, words = _meaning(answer) if status and status != 101 else (Says.NOTHING, "")
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
        says=_MEANS.get(error, said),
        words=error or words or jsonline.text_of(answer, "statusText"),
        identity=identity(headers),
    )


def _meaning(answer: Mapping[str, Any]) -> tuple[Says, str]:
    """Return what a refusal says, and in which words: in a problem document, else by the marks of the software that wrote it."""
    # What reads answers, and a long table of them, is loaded where a browser met a refusal.
    from ws101.handshake import problem
    from ws101.handshake.answer import Answer, Kind
    from ws101.handshake.headers import Headers
    from ws101.signatures import SIGNATURES

    body = jsonline.text_of(jsonline.member_of(answer, "content"), "text")
    seen = Answer(
        Kind.HTTP,
        status=jsonline.number_of(answer, "status"),
        reason=jsonline.text_of(answer, "statusText"),
        headers=Headers(tuple(_rows(answer))),
        body=body.encode("utf-8", "surrogatepass"),
    )
    if told := problem.read(seen):
        return slugs.says(told.cause), told.words
    known = next((signature for signature in SIGNATURES if signature.fits(seen)), None)
    return (known.says if known else Says.NOTHING), _first_line(body)


def _first_line(body: str) -> str:
    """Return a body's first words without the marks of a page around them."""
    text = " ".join(re.sub(r"<[^<>]{0,200}>|\\[rnt]", " ", body[:_LONGEST]).split())
    return text[:_SHOWN]


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
