"""nginx's access logs: `combined`, its usual extensions, the guide's own, and any log_format of a configuration.

The time of a line is the time at which the request ended: with a 101, when its socket closed, and `took` how long it was open.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from ws101.logs import marking, stamp
from ws101.logs.access import ABSENT, Layout, Outcome, entry, seconds
from ws101.logs.entry import NO_FIELDS, Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.log_format import UNESCAPE, Escape, parse
from ws101.redact import printable
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "nginx-combined", "nginx"

COMBINED = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
MAIN = f'{COMBINED} "$http_x_forwarded_for"'  # in the nginx.conf of nginx.org's packages and of the official image
VHOST = f"$host {COMBINED}"  # as many write it where one file serves several names
DATED = COMBINED.replace("$time_local", "$time_iso8601")
# What the guide shows; its connection= has the variable that its map made, and not what the client sent.
GUIDE = (
    f'{COMBINED} upgrade="$http_upgrade" connection="$connection_upgrade" auth_header="$http_authorization"'
)
# examples/nginx/ws101-timers.conf of this repository
TIMERS = (
    '$remote_addr - - [$time_local] "$request_method $ws101_path $server_protocol" $status $body_bytes_sent '
    '"-" "$http_user_agent" '
    'upgrade="$http_upgrade" connection="$http_connection" version="$http_sec_websocket_version" '
    'key="$http_sec_websocket_key" host="$http_host" origin="$http_origin" '
    'authorization="$ws101_authorization" authorization_length="$ws101_authorization_length" ticket="$ws101_ticket" '
    'scheme="$scheme" port="$server_port" tls="$ssl_protocol" request_id="$ws101_request_id" '
    'upstream="$upstream_addr" upstream_status="$upstream_status" connect="$upstream_connect_time" '
    'first_byte="$upstream_header_time" time="$request_time"'
)
# kubernetes/ingress-nginx, docs/user-guide/nginx-configuration/log-format.md
INGRESS = (
    f"{COMBINED} $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] "
    "$upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"
)
# The last two are no requests: TLS, and a PROXY line.
SIGNS = (b"101", b"426", b" 400 ", b"pgrade", b"ocket", b"/ws", marking.SIGN, b'"\\x16', b'"PROXY ')

# The variables that hold each of the values of access.ORDER, the best first.
_SLOTS: tuple[tuple[str, ...], ...] = (
    ("remote_addr", "realip_remote_addr", "proxy_protocol_addr"),
    ("http_x_forwarded_for", "http_cf_connecting_ip", "http_true_client_ip", "http_x_real_ip", "proxy_add_x_forwarded_for"),
    ("remote_user",),
    ("request",),
    ("request_method",),
    ("request_uri", "uri", "document_uri", "ws101_path"),
    ("args", "query_string"),
    ("server_protocol",),
    ("status",),
    ("body_bytes_sent", "bytes_sent"),
    ("http_user_agent",),
    ("http_host", "host", "server_name"),
    ("scheme", "https", "ssl_protocol"),
    ("server_port",),
    ("upstream_addr",),
    ("upstream_status",),
    ("upstream_header_time",),
    ("request_time", "upstream_response_time"),
)  # fmt: skip
_MOMENTS = ("msec", "time_iso8601", "time_local")
_TIME = len(_SLOTS)
IDENTITY = {
    "request_id": "request-id",
    "req_id": "request-id",
    "ws101_request_id": "request-id",
    "http_x_request_id": "request-id",
    "connection": "connection",
    "http_sec_websocket_key": "key",
    "http_traceparent": "trace-id",
    "otel_trace_id": "trace-id",
    "opentelemetry_trace_id": "trace-id",
    "http_cf_ray": "cf-ray",
}
_APART = frozenset({"http_user_agent", "http_referer"})  # no fields by which handshakes are told apart


def from_log_format(
    name: str, text: str, hop: Hop = Hop.PROXY, *, escape: Escape = Escape.DEFAULT, software: str = SOFTWARE
) -> Format:
    """Return the format of the lines that nginx writes with this log_format, its strings joined without a blank."""
    plan = _Plan(text, escape, layout(name, software, hop, tells_upstream="upstream_addr" in text))
    return Format(name, software, hop, plan.opens, plan.read, SIGNS)


def from_words(words: Sequence[str], hop: Hop = Hop.PROXY) -> Format:
    """Return the format of a directive's words after `log_format`: its name, perhaps `escape=…`, and its strings."""
    name, *rest = words
    given = rest[0].removeprefix("escape=") if rest and rest[0].startswith("escape=") else ""
    escape = Escape(given) if given in set(Escape) else Escape.DEFAULT
    return from_log_format(name, "".join(rest[1:] if given else rest), hop, escape=escape)


class _Plan:
    """Which group of one log_format's pattern is which value; the last line that opened is kept, matched."""

    def __init__(self, text: str, escape: Escape, layout: Layout) -> None:
        self._text, self._escape, self._layout = text, escape, layout
        self._last: tuple[str, re.Match[str] | None] = ("", None)
        self._pattern: re.Pattern[str] | None = None

    def opens(self, text: str) -> bool:
        """Say whether the whole text is a line of this format."""
        return self._matched(text) is not None

    def read(self, lines: Sequence[Line]) -> Entry | None:
        """Return the entry of a line that opened."""
        line = lines[0]
        match = self._matched(line.text)
        if match is None:
            return None
        values = match.group(*self._order)
        if "\\" in line.text:
            values = tuple(map(self._readable, values))
        headers = self._headers(values) if self._fields else NO_FIELDS
        identity = self._identity(values) if self._marks else NO_FIELDS
        return entry(line, self._layout, self._time(values[_TIME]), values[:_TIME], headers, identity)

    def _matched(self, text: str) -> re.Match[str] | None:
        last, match = self._last
        if last is text:
            return match
        if self._pattern is None:
            self._prepare()
        assert self._pattern
        match = self._pattern.fullmatch(text)
        self._last = text, match
        return match

    def _prepare(self) -> None:
        """Compile the pattern, with an empty group at its end for what this format does not tell."""
        log_format = parse(self._text, self._escape)
        names = log_format.names
        self._pattern = re.compile(log_format.expression + "()", re.ASCII | re.DOTALL)
        group = {name: len(names) - i for i, name in enumerate(reversed(names))}
        chosen = [next((name for name in slot if name in group), "") for slot in (*_SLOTS, _MOMENTS)]
        fields = [name for name in names if name.startswith("http_") and name not in _APART]
        marks = [name for name in names if name in IDENTITY]
        self._order = [group.get(name, len(names) + 1) for name in (*chosen, *fields, *marks)]
        self._fields = [name.removeprefix("http_").replace("_", "-") for name in fields]
        self._marks = [IDENTITY[name] for name in marks]
        self._time = _TIMES[chosen[_TIME]]

    def _readable(self, value: str) -> str:
        return printable(UNESCAPE[self._escape](value)) if "\\" in value else value

    def _headers(self, values: Sequence[str]) -> Mapping[str, str]:
        """Return the fields that the format logs; one that was not there is an empty text."""
        logged = values[_TIME + 1 : _TIME + 1 + len(self._fields)]
        return {name: "" if v == "-" else v for name, v in zip(self._fields, logged, strict=True)}

    def _identity(self, values: Sequence[str]) -> Mapping[str, str]:
        marks = values[_TIME + 1 + len(self._fields) :]
        return {name: value for name, value in zip(self._marks, marks, strict=True) if value not in ABSENT}


def layout(name: str, software: str, hop: Hop, *, tells_upstream: bool) -> Layout:
    """Return how lines of nginx's read; the layout alone where others write the same one."""
    if software != SOFTWARE:
        return Layout(name, software, hop, tells_upstream)
    return Layout(name, software, hop, tells_upstream, _OUTCOMES, _OWN_STATUSES)


# src/http/ngx_http_request.h: statuses of nginx's own that no client ever sees; and what it writes for HTTP/0.9.
_OUTCOMES: Mapping[str, Outcome] = {
    "444": (Told.ANSWERED, Says.CLOSED, "nginx closed the connection without an answer"),
    "499": (Told.WRONG, Says.NOTHING, "the client closed the connection before an answer came"),
    "009": (
        Told.ANSWERED,
        Says.UPSTREAM_INVALID,
        "what the upstream sent is no HTTP, and was passed on as it came",
    ),
}
# src/http/ngx_http_upstream.c, ngx_http_upstream_next: what $upstream_status is where no answer came. They are the upstream's
# own only where $upstream_header_time shows that one did.
_OWN_STATUSES = frozenset({"502", "504"})


def upstream_answered(status: int) -> bool:
    """Return whether $upstream_status alone shows that an upstream answered."""
    return str(status) not in _OWN_STATUSES


@lru_cache(maxsize=4096)
def _iso(text: str) -> float | None:
    found = stamp.iso(text)
    return found.time if found else None


_TIMES: Mapping[str, Callable[[str], float | None]] = {
    "time_local": stamp.clf_time,
    "time_iso8601": _iso,
    "msec": seconds,
    "": lambda _: None,
}
FORMATS = (
    from_log_format(NAME, COMBINED),
    from_log_format("nginx-guide", GUIDE),
    from_log_format("nginx-ws101-timers", TIMERS),
    from_log_format("nginx-main", MAIN),
    from_log_format("nginx-ingress", INGRESS),
    from_log_format("nginx-vhost", VHOST),
    from_log_format("nginx-dated", DATED),
)
