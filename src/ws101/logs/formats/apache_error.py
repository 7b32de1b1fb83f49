"""Apache's error log, of 2.4 with its codes (AH01102) and of 2.2 without: what it says of proxying, TLS and refusals."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from ws101.logs import openssl, stamp
from ws101.logs.entry import NO_FIELDS, Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.preamble import level_of
from ws101.logs.wording import recognise, worded
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "apache-error", "apache"

_UTIL, _HTTP, _SSL = (
    "modules/proxy/proxy_util.c",
    "modules/proxy/mod_proxy_http.c",
    "modules/ssl/ssl_engine_io.c",
)
WORDINGS = (
    *worded(
        _UTIL,
        (Says.UPSTREAM_REFUSED, "AH00957", "refused"),
        (Says.UPSTREAM_REFUSED, "AH00957", "No such file"),
        (Says.UPSTREAM_TIMEOUT, "AH00957", "timeout"),
        (Says.UPSTREAM_TIMEOUT, "AH00957", "timed out"),
        (Says.UPSTREAM_DOWN, "AH00957"),
        (Says.UPSTREAM_DOWN, "AH00959"),
        (Says.UPSTREAM_DOWN, "AH00940"),
        (Says.UPSTREAM_NAME, "AH00898", "DNS lookup failure"),
        (Says.UPSTREAM_TLS, "AH00898", "SSL Handshake"),
        (Says.UPSTREAM_DOWN, "AH00898"),  # a time-out and a close, which AH01102 before it tells apart
        (Says.UPSTREAM_NAME, "DNS lookup failure for"),
    ),
    *worded(
        _HTTP,
        (Says.UPSTREAM_TIMEOUT, "AH01102", "timeout"),
        (Says.UPSTREAM_TIMEOUT, "AH01102", "timed out"),
        (Says.UPSTREAM_CLOSED, "AH01102"),
        (Says.UPSTREAM_INVALID, "AH01106"),
        (Says.UPSTREAM_INVALID, "AH10124"),
        (Says.UPSTREAM_DOWN, "AH01114"),
        (Says.UPSTREAM_DOWN, "AH01097"),
        (Says.UPSTREAM_DOWN, "AH01084"),
    ),
    *worded("modules/proxy/mod_proxy.c", (Says.NO_LIBRARY, "AH01144", "scheme 'ws")),
    *worded("modules/proxy/mod_proxy_balancer.c", (Says.UPSTREAM_DOWN, "AH01167")),
    *worded(
        _SSL,
        (Says.PLAIN_HTTP_TO_TLS, "HTTP spoken on HTTPS port"),
        (Says.UPSTREAM_TLS, "AH02003"),
        (Says.UPSTREAM_TLS, "AH01997"),
        (Says.UPSTREAM_TLS, "AH01961"),
        (Says.UPSTREAM_TLS, "[remote ", "Certificate Verification"),
        (Says.CLIENT_CERTIFICATE_BAD, "Certificate Verification"),
        (Says.TLS_SERVER_NAME, "AH02033"),
        (Says.HOST, "AH02032"),
        (Says.HOST, "AH02031"),
    ),
    *openssl.WORDINGS,
    *worded(
        "modules/aaa/mod_authz_core.c, modules/aaa/mod_access_compat.c",
        (Says.FORBIDDEN, "client denied by server configuration"),
        (Says.PERMISSION, "AH01631"),
    ),
    *worded(
        "modules/aaa/mod_auth_basic.c",
        (Says.BASIC, "authentication failure for"),
        (Says.BASIC, "AH01618"),
        (Says.BASIC, "used wrong authentication scheme"),
    ),
    *worded(
        "server/core.c, server/protocol.c",
        (Says.NO_FILE, "File does not exist"),
        (Says.HEADER_TOO_LARGE, "exceeds LimitRequestFieldSize"),
        (Says.HEADER_TOO_LARGE, "exceeds LimitRequestLine"),
        (Says.HEADER_TOO_LARGE, "exceeds the configured maximum"),
        (Says.HEADER_TOO_LARGE, "number of request header fields exceeds"),
        (Says.MALFORMED, "malformed"),
        (Says.MALFORMED, "HTTP Request Line; "),
        (Says.MALFORMED, "HTTP Request: "),
        (Says.MALFORMED, "HTTP/1.1 request without hostname"),
    ),
    *worded("modules/filters/mod_reqtimeout.c", (Says.SILENT, "AH01382")),
    *worded("modules/metadata/mod_remoteip.c", (Says.PROXY_PROTOCOL, "RemoteIPProxyProtocol")),
    *worded(
        "server/mpm",
        (Says.CONNECTIONS, "reached MaxRequestWorkers"),
        (Says.CONNECTIONS, "scoreboard is full"),
    ),
    *worded("ModSecurity", (Says.FORBIDDEN, "ModSecurity: Access denied")),
)


@cache
def _head() -> re.Pattern[str]:
    return re.compile(
        r"\[(?P<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \d{4})\] \[(?:\w{0,40}:)?(?P<level>[a-z]{3,6}\d?)\] "
        r"(?:\[pid (?P<thread>[^\]]{1,40})\] )?",
        re.ASCII,
    )


@cache
def _peer() -> re.Pattern[str]:
    return re.compile(r"\[client (?P<client>[^\]]{1,60})\] ", re.ASCII)


@cache
def _path() -> re.Pattern[str]:
    return re.compile(r"(?: returned by |authentication failure for \")(/[^ \"]*)", re.ASCII)


@cache
def _upstream() -> re.Pattern[str]:
    return re.compile(
        r"(?:attempt to connect to|remote server|body failed to|\[remote) ([\w.:-]{1,255})", re.ASCII
    )


def _opens(text: str) -> bool:
    return text.startswith("[") and _head().match(text) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    line = lines[0]
    head = _head().match(line.text)
    if head is None:
        return None
    message = line.text[head.end() :]
    wording = recognise(message, WORDINGS)
    peer = _peer().search(message)
    if wording is None and (peer is None or head["level"] == "debug"):
        return None
    client, port = _split(peer["client"]) if peer else ("", "")
    path, upstream = _path().search(message), _upstream().search(message)
    says = wording.says if wording else Says.NOTHING
    at = stamp.asctime(head["time"])
    return Entry(
        line.place,
        NAME,
        SOFTWARE,
        Hop.PROXY,
        Told.WRONG,
        line.text,
        at.time if at else line.time,
        zoned=False,
        level=level_of(head["level"].rstrip("12345678")),  # trace1 to trace8
        client=client,
        scheme="http" if says is Says.PLAIN_HTTP_TO_TLS else "",
        path=path[1] if path else "",
        upstream=upstream[1] if upstream else None,
        identity=_identity(port, head["thread"], at),
        says=says,
        words=message,
        stream=line.stream,
    )


def _identity(port: str, thread: str | None, at: stamp.Stamp | None) -> Mapping[str, str]:
    """Return the client's port, and which thread wrote it when: what it says in one moment is of one request."""
    moment = f"{at.time:.2f}" if at and at.time % 1 else ""
    return {
        **({"client-port": port} if port else NO_FIELDS),
        **({"thread": f"{thread} {moment}"} if thread and moment else NO_FIELDS),
    }


def _split(peer: str) -> tuple[str, str]:
    """Return address and port of `127.0.0.1:4711` and `::1:4711`; 2.2 writes no port."""
    address, colon, port = peer.rpartition(":")
    return (address, port) if colon and (peer.count(":") == 1 or peer.count(":") > 2) else (peer, "")


FORMAT = Format(
    NAME,
    SOFTWARE,
    Hop.PROXY,
    _opens,
    _read,
    (b"AH0", b"AH1", b"[client ", b"SSL Library Error"),
    healthy=False,
)
