"""Lines of JSON of any logger (pino, winston, bunyan, zap, zerolog, slog, Serilog, logstash): a request, or words in it.

Only what says something of a handshake is read: a library's words, the fields of an upgrade, or a request with its status.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ws101.logs import jsonline, marking, sayings
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.formats import words
from ws101.logs.line import Line
from ws101.logs.preamble import Preamble
from ws101.logs.record import Record, where
from ws101.redact import printable
from ws101.terms import Hop

NAME, SOFTWARE = "json", "the server"
_SIGNS = (
    *sayings.SIGNS,
    b"pgrade",
    b'"status":101',
    b'":101',
    b'": 101',
    b"Sec-WebSocket",
    b"sec-websocket",
    b"426",
)
_METHODS = (
    "method",
    "http_method",
    "RequestMethod",
    "requestMethod",
    "verb",
    "request_method",
    "http.request.method",
)
_TARGETS = (
    "url",
    "path",
    "uri",
    "RequestPath",
    "requestUrl",
    "request_uri",
    "endpoint",
    "originalUrl",
    "url.original",
    "url.path",
)
_STATUSES = (
    "status",
    "statusCode",
    "status_code",
    "StatusCode",
    "code",
    "http_status",
    "response_code",
    "http.response.status_code",
)
_CLIENTS = ("remoteAddress", "remote_ip", "remoteIp", "client_ip", "ip", "client.ip", "source.ip")
_IDS = ("reqId", "requestId", "request_id", "req_id", "RequestId", "traceId", "trace_id", "correlationId")
_KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT"})


def _opens(text: str) -> bool:
    if not text.startswith("{"):
        return False
    members = jsonline.parse(text)
    return members is not None and (
        _target(members) != "" or sayings.recognise(_said(members, text)) is not None
    )


def _said(members: Mapping[str, Any], text: str) -> str:
    said = jsonline.message(members) or text
    url = jsonline.text_of(members, "url", "uri", "endpoint")
    return (
        f"{said} {url}" if url.startswith(("ws://", "wss://")) else said
    )  # as `{"msg":"connecting","url":"wss://…"}`


def _request(members: Mapping[str, Any]) -> Mapping[str, Any]:
    http = jsonline.member_of(members, "http")
    if "request" in http:
        return _of_ecs(members, http)
    return jsonline.member_of(members, "req", "request", "http", "httpRequest", "span") or members


def _of_ecs(members: Mapping[str, Any], http: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the request of Elastic's common schema, whose parts stand in objects of their own."""
    url, agent = jsonline.member_of(members, "url"), jsonline.member_of(members, "user_agent")
    peer = jsonline.member_of(members, "client", "source")
    return {
        "method": jsonline.text_of(jsonline.member_of(http, "request"), "method"),
        "url": jsonline.text_of(url, "original", "path"),
        "status": jsonline.number_of(jsonline.member_of(http, "response"), "status_code"),
        "ip": jsonline.text_of(peer, "ip", "address"),
        "userAgent": jsonline.text_of(agent, "original"),
    }


def _target(members: Mapping[str, Any]) -> str:
    """Return the target of the request that the line tells of, or an empty string."""
    request = _request(members)
    method = jsonline.text_of(request, *_METHODS).upper()
    target = jsonline.text_of(request, *_TARGETS)
    return target if (method in _KNOWN_METHODS and target[:1] == "/") or "://" in target[:12] else ""


def _read(lines: Sequence[Line]) -> Entry | None:
    members = jsonline.parse(lines[0].text)
    if members is None:
        return None
    time, zoned = jsonline.moment(members)
    trace = printable(jsonline.text_of(members, *_IDS) or jsonline.text_of(_request(members), "id", *_IDS))
    first = Preamble(0, 0, time, zoned, jsonline.level(members), trace)
    said = _said(members, lines[0].text)
    found = Record(lines, first, (said,))
    heard = sayings.recognise(said)
    if heard is not None:
        entry = words.entry_of(found, heard, NAME)
        place = where(printable(_target(members)))
        entry.path = entry.path or place.path
        return entry
    return _of_request(found, members) if _target(members) else None


def _of_request(found: Record, members: Mapping[str, Any]) -> Entry:
    request, answer = _request(members), jsonline.member_of(members, "res", "response", "fields")
    status = jsonline.number_of(answer, *_STATUSES)
    if status is None:
        status = jsonline.number_of(members, *_STATUSES)
    if status is None:
        status = jsonline.number_of(request, "status_code", "status")
    status = status if status is not None and 100 <= status <= 599 else None
    headers = jsonline.headers(request)
    place = where(printable(_target(members)))
    agent = headers.get("user-agent") or jsonline.text_of(request, "userAgent", "user_agent", "agent")
    agent = printable(agent)
    key, probe = headers.get("sec-websocket-key", ""), marking.probe(agent)
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.SERVER,
        told=Told.SEEN if status is None else Told.ANSWERED,
        method=printable(jsonline.text_of(request, *_METHODS).upper()),
        scheme=place.scheme,
        host=place.host or headers.get("host", ""),
        port=place.port,
        path=place.path,
        status=status,
        client=printable(jsonline.text_of(request, *_CLIENTS)),
        headers=headers,
        whole="host" in headers,  # Host is in every request of HTTP/1.1: where it is shown, all are
        agent=agent,
        identity={name: value for name, value in (("key", key), ("probe", probe)) if value},
    )


FORMAT = Format(NAME, SOFTWARE, Hop.SERVER, _opens, _read, _SIGNS)
