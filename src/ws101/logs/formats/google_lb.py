"""Google Cloud's application load balancers, as Cloud Logging exports their entries: one object of JSON a request.

cloud.google.com/load-balancing/docs/https/https-logging-monitoring; no line was recorded here. `statusDetails` says who answered.
"""

from collections.abc import Mapping, Sequence

from ws101.logs import jsonline, marking, stamp
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import where
from ws101.redact import printable
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "google-lb", "google load balancer"
_BY_BACKEND = frozenset({"response_sent_by_backend", "websocket_closed", "websocket_handshake_failed"})
_DETAILS: Mapping[str, Says] = {
    "failed_to_connect_to_backend": Says.UPSTREAM_DOWN,
    "failed_to_pick_backend": Says.UPSTREAM_DOWN,
    "backend_timeout": Says.UPSTREAM_TIMEOUT,
    "backend_connection_closed_before_data_sent_to_client": Says.UPSTREAM_CLOSED,
    "backend_connection_closed_after_partial_response_sent": Says.UPSTREAM_CLOSED,
    "backend_response_corrupted": Says.UPSTREAM_INVALID,
    "denied_by_security_policy": Says.FORBIDDEN,
    "handled_by_identity_aware_proxy": Says.CREDENTIALS,
    "body_not_allowed": Says.MALFORMED,
    "malformed_chunked_body": Says.MALFORMED,
}
_LEFT = ("client_disconnected_", "client_timed_out")


def _opens(text: str) -> bool:
    if not text.startswith("{") or '"httpRequest"' not in text:
        return False
    members = jsonline.parse(text) or {}
    kind = jsonline.text_of(jsonline.member_of(members, "resource"), "type")
    known = "http_load_balancer" in kind or "http_lb" in kind or "http_external" in kind
    return known or "statusDetails" in jsonline.member_of(members, "jsonPayload")


def _read(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    members = jsonline.parse(line.text)
    if members is None:
        return None
    request = jsonline.member_of(members, "httpRequest")

    def told(*names: str) -> str:
        return printable(jsonline.text_of(request, *names))

    detail = printable(jsonline.text_of(jsonline.member_of(members, "jsonPayload"), "statusDetails"))
    begun = stamp.read(jsonline.text_of(members, "timestamp"))
    latency = told("latency").removesuffix("s")
    took = float(latency) if latency.replace(".", "", 1).isdigit() and latency.isascii() else None
    place, agent, status = (
        where(told("requestUrl")),
        told("userAgent"),
        jsonline.number_of(request, "status") or None,
    )
    named = {
        "trace-id": printable(jsonline.text_of(members, "trace").rpartition("/")[2]),
        "probe": marking.probe(agent),
    }
    return Entry(
        line.place,
        NAME,
        SOFTWARE,
        Hop.PROXY,
        Told.WRONG if detail.startswith(_LEFT) else Told.ANSWERED,
        line.text,
        time=begun.time + (took or 0.0) if begun else line.time,
        zoned=begun.zoned if begun else line.zoned,
        client=told("remoteIp"),
        method=told("requestMethod"),
        scheme=place.scheme,
        host=place.host,
        port=place.port,
        path=place.path,
        version=told("protocol"),
        status=status,
        upstream=told("serverIp") or None,
        upstream_status=status if detail in _BY_BACKEND else None,
        took=took,
        size=jsonline.number_of(request, "responseSize"),
        agent=agent,
        identity={name: value for name, value in named.items() if value},
        says=_DETAILS.get(detail, Says.NOTHING),
        words=detail,
        stream=line.stream,
    )


FORMAT = Format(
    NAME,
    SOFTWARE,
    Hop.PROXY,
    _opens,
    _read,
    (b'"status":101', b'"status":400', b'"status":502', b"websocket_", b"/ws", b"ocket"),
)
