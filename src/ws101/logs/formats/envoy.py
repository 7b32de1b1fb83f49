"""Envoy's access log: its default layout, Istio's, and JSON by the usual names; and what it says of TLS at the level debug.

Why it answered by itself stands in its details (%RESPONSE_CODE_DETAILS%), else in its flags. A line's time is that at which
the request came; an entry's is that of the end.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ws101.logs import access, jsonline, marking, stamp
from ws101.logs.entry import NO_FIELDS, Entry, Level, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.wording import recognise, worded
from ws101.redact import printable
from ws101.signature import Says
from ws101.terms import Hop

TEXT, JSON, OWN, SOFTWARE = "envoy", "envoy-json", "envoy-debug", "envoy"

# docs/root/configuration/http/http_conn_man/response_code_details.rst, and envoy/stream_info/stream_info.h
DETAILS = (
    *worded(
        "source/extensions/filters/http/jwt_authn, jwt_verify_lib/status.cc",
        (Says.TOKEN_EXPIRED, "jwt_authn_access_denied", "is_expired"),
        (Says.TOKEN_MISSING, "jwt_authn_access_denied", "is_missing"),
        (Says.TOKEN_NOT_YET_VALID, "jwt_authn_access_denied", "not_yet_valid"),
        (Says.TOKEN_ISSUER, "jwt_authn_access_denied", "issuer_is_not_configured"),
        (Says.TOKEN_AUDIENCE, "jwt_authn_access_denied", "Audiences_in_Jwt"),
        (Says.TOKEN_SIGNATURE, "jwt_authn_access_denied", "verification_fails"),
        (Says.TOKEN_MALFORMED, "jwt_authn_access_denied", "not_in_the_form_of"),
        (Says.CREDENTIALS, "jwt_authn_access_denied"),
    ),
    *worded(
        "envoy/stream_info/stream_info.h",
        (Says.NOT_A_HANDSHAKE, "upgrade_failed"),  # seen where upgrade_configs do not name websocket
        (Says.NO_ROUTE, "route_not_found"),
        (Says.NO_ROUTE, "cluster_not_found"),
        (Says.MALFORMED, "missing_host_header"),
        (Says.HTTP_VERSION, "low_version"),
        (Says.HEADER_TOO_LARGE, "headers_too_large"),
        (Says.HEADER_TOO_LARGE, "too_many_headers"),
        (Says.SILENT, "request_header_timeout"),
        (Says.UPSTREAM_DOWN, "no_healthy_upstream"),
        (Says.UPSTREAM_TLS, "TLS_error"),
        (Says.UPSTREAM_REFUSED, "Connection_refused"),
        (Says.UPSTREAM_TIMEOUT, "connection_timeout"),
        (Says.UPSTREAM_TIMEOUT, "response_timeout"),
        (Says.UPSTREAM_CLOSED, "before_response_started", "connection_termination"),
        (Says.UPSTREAM_CLOSED, "before_response_started", "remote_reset"),
        (Says.UPSTREAM_INVALID, "before_response_started", "protocol_error"),
        (Says.CONNECTIONS, "overflow"),
        (Says.UPSTREAM_DOWN, "remote_connection_failure"),
        (Says.FORBIDDEN, "rbac_access_denied"),
        (Says.SUBREQUEST, "ext_authz"),
        (Says.RATE, "rate_limited"),
        (Says.MALFORMED, "http1."),
        (Says.MALFORMED, "http.invalid"),
    ),
)
# docs/root/configuration/advanced/substitution_formatter.rst, %RESPONSE_FLAGS%
_FLAGS: Mapping[str, Says] = {
    "UH": Says.UPSTREAM_DOWN,
    "UF": Says.UPSTREAM_DOWN,
    "NC": Says.NO_ROUTE,
    "NR": Says.NO_ROUTE,
    "UO": Says.CONNECTIONS,
    "UT": Says.UPSTREAM_TIMEOUT,
    "UC": Says.UPSTREAM_CLOSED,
    "UR": Says.UPSTREAM_CLOSED,
    "UPE": Says.UPSTREAM_INVALID,
    "DPE": Says.MALFORMED,
    "IH": Says.MALFORMED,
    "RL": Says.RATE,
    "UAEX": Says.SUBREQUEST,
    "LH": Says.UPSTREAM_DOWN,
    "DO": Says.UNAVAILABLE,
    "OM": Says.UNAVAILABLE,
    "SI": Says.SILENT,
}
_OPEN: Mapping[str, Says] = {"SI": Says.IDLE, "UC": Says.CLOSED, "UR": Says.CLOSED}
_OF_TLS = tuple(
    worded(
        "BoringSSL: crypto/err/ssl.errordata, by source/common/tls/ssl_socket.cc",
        (Says.PLAIN_HTTP_TO_TLS, ":HTTP_REQUEST"),
        (Says.TLS_VERSION, ":UNSUPPORTED_PROTOCOL"),
        (Says.TLS_VERSION, ":NO_SHARED_CIPHER"),
        (Says.CLIENT_CERTIFICATE_MISSING, ":PEER_DID_NOT_RETURN_A_CERTIFICATE"),
        (Says.TLS_UNTRUSTED, "ALERT_UNKNOWN_CA"),
        (Says.TLS_UNTRUSTED, "ALERT_CERTIFICATE_UNKNOWN"),
        (Says.TLS_UNTRUSTED, "ALERT_BAD_CERTIFICATE"),
        (Says.TLS_EXPIRED, "ALERT_CERTIFICATE_EXPIRED"),
    )
)


@cache
def _text() -> re.Pattern[str]:
    return re.compile(
        r"\[(?P<start_time>\d{4}-\d\d-\d\dT[^\]]{9,20})\] \"(?P<method>[^ \"]{1,40}) (?P<path>.*?) (?P<protocol>HTTP/[\d.]+|-)\" "
        r"(?P<response_code>\d{1,3}) (?P<response_flags>[A-Z0-9,]+|-)"
        r"(?: (?P<response_code_details>[^ \"]+) (?P<termination>[^ \"]+) \"(?P<failure>[^\"]*)\")?"
        r" (?P<bytes_received>\d+) (?P<bytes_sent>\d+) (?P<duration>\d+|-) (?P<service_time>\d+|-)"
        r" \"(?P<x_forwarded_for>[^\"]*)\" \"(?P<user_agent>[^\"]*)\" \"(?P<request_id>[^\"]*)\" \"(?P<authority>[^\"]*)\""
        r" \"(?P<upstream_host>[^\"]*)\""
        r"(?: (?P<cluster>[^ ]+) [^ ]+ (?P<local>[^ ]+) (?P<downstream_remote_address>[^ ]+) (?P<sni>[^ ]+)(?: [^ ]+)?)?",
        re.ASCII,
    )


def _opens_text(text: str) -> bool:
    return text.startswith("[") and text[11:12] == "T" and _text().fullmatch(text) is not None


def _read_text(lines: Sequence[Line]) -> Entry | None:
    match = _text().fullmatch(lines[0].text)
    if match is None:
        return None
    return _entry(lines[0], TEXT, {name: "" if v == "-" else v for name, v in match.groupdict("").items()})


def _opens_json(text: str) -> bool:
    return text.startswith("{") and '"response_flags":' in text and jsonline.parse(text) is not None


def _read_json(lines: Sequence[Line]) -> Entry | None:
    members = jsonline.parse(lines[0].text)
    if members is None:
        return None
    part = {name: printable(jsonline.text_of(members, name)) for name in members}
    return _entry(lines[0], JSON, {name: "" if value == "-" else value for name, value in part.items()})


def _entry(line: Line, name: str, part: Mapping[str, str]) -> Entry:
    def told(*names: str) -> str:
        return next((part[one] for one in names if part.get(one)), "")

    took = access.seconds(told("duration"))
    begun = stamp.iso(told("start_time"))
    ended = begun.time + (took or 0.0) / 1000 if begun else line.time
    client, _, port = told("downstream_remote_address", "downstream_direct_remote_address").rpartition(":")
    agent = told("user_agent", "user-agent")
    named = {
        "request-id": told("request_id", "x_request_id", "x-request-id"),
        "client-port": port,
        "probe": marking.probe(agent),
        "trace-id": told("trace_id", "traceparent"),
    }
    return Entry(
        line.place,
        name,
        SOFTWARE,
        Hop.PROXY,
        text=line.text,
        time=ended,
        zoned=begun.zoned if begun else line.zoned,
        client=client.strip("[]"),
        forwarded=told("x_forwarded_for", "x-forwarded-for"),
        method=told("method"),
        host=told("authority", "host"),
        path=told("path", "x-envoy-origin-path"),
        version=told("protocol"),
        took=None if took is None else took / 1000,
        size=access.number(told("bytes_sent")),
        agent=agent,
        identity={key: value for key, value in named.items() if value} or NO_FIELDS,
        stream=line.stream,
        **_outcome(part),
    )


def _outcome(part: Mapping[str, str]) -> dict[str, Any]:
    """Return what became of the request; a status of 0 is one that never went out."""
    status, flags = access.number(part.get("response_code", "")), part.get("response_flags", "").split(",")
    details, upstream = part.get("response_code_details", ""), part.get("upstream_host", "")
    told: dict[str, Any] = {"told": Told.ANSWERED, "status": status, "upstream": upstream}
    told["words"] = " ".join(text for text in (",".join(flags), details) if text)
    if status == 0:
        return {**told, "told": Told.WRONG, "status": None}
    if status == 101:
        says = next((_OPEN[flag] for flag in flags if flag in _OPEN), Says.NOTHING)
        return {**told, "upstream_status": 101, "says": says}
    passed_on = details == "via_upstream" or (not details and not any(flags) and upstream)
    if passed_on:
        return {**told, "upstream_status": status}
    wording = recognise(details, DETAILS)
    by_flag = next((_FLAGS[flag] for flag in flags if flag in _FLAGS), Says.NOTHING)
    return {**told, "says": wording.says if wording else by_flag}


# ---- its own log


@cache
def _debug() -> re.Pattern[str]:
    return re.compile(
        r"\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6})\]\[\d{1,8}\]\[(?P<level>[a-z]{4,8})\]\[connection\] \[[^\]]{1,200}\] "
        r"(?:\[[^\]]{1,100}\] )?remote address:(?P<peer>[^, ]{1,60}),(?P<words>TLS_error:.*)",
        re.ASCII,
    )


def _opens_debug(text: str) -> bool:
    return text.startswith("[") and "TLS_error:" in text and _debug().fullmatch(text) is not None


def _read_debug(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    match = _debug().fullmatch(line.text)
    wording = recognise(match["words"], _OF_TLS) if match else None
    if match is None or wording is None:
        return None  # what else fails may be a client's fault or the next hop's: the words are the same
    client, _, port = match["peer"].rpartition(":")
    at = stamp.iso(match["time"])
    return Entry(
        line.place,
        OWN,
        SOFTWARE,
        Hop.PROXY,
        Told.WRONG,
        line.text,
        at.time if at else line.time,
        zoned=at.zoned if at else line.zoned,
        level=Level.DEBUG,
        client=client.strip("[]"),
        scheme="http" if wording.says is Says.PLAIN_HTTP_TO_TLS else "https",
        identity={"client-port": port} if port else NO_FIELDS,
        says=wording.says,
        words=match["words"],
        stream=line.stream,
    )


_SIGNS = (b"101", b"426", b"/ws", b"ocket", b"pgrade", marking.SIGN)
FORMATS = (
    Format(TEXT, SOFTWARE, Hop.PROXY, _opens_text, _read_text, _SIGNS),
    Format(JSON, SOFTWARE, Hop.PROXY, _opens_json, _read_json, _SIGNS),
    Format(OWN, SOFTWARE, Hop.PROXY, _opens_debug, _read_debug, (b"TLS_error:",), healthy=False),
)
