"""nginx's error log, also of OpenResty and the like: every line that tells of one connection, from info to emerg.

Its times name no zone. The number after the asterisk is the connection's, which $connection of an access log has as well.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ws101.logs import openssl, requestline, stamp
from ws101.logs.entry import NO_FIELDS, Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.preamble import level_of
from ws101.logs.wording import recognise, worded
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "nginx-error", "nginx"

_REQUEST, _UPSTREAM = "src/http/ngx_http_request.c", "src/http/ngx_http_upstream.c"
_OPENSSL, _MODULES = "src/event/ngx_event_openssl.c", "src/http/modules/"
_TO_UPSTREAM, _UPGRADED = " to upstream", "while proxying upgraded connection"

WORDINGS = (
    # how an open socket ended
    *worded(
        _UPSTREAM,
        (Says.IDLE, "timed out", _UPGRADED),
        (Says.CLOSED, "reset by peer", _UPGRADED),
        (Says.NOTHING, _UPGRADED),
        told=Told.ENDED,
    ),
    # TLS to the next hop, before what is said of TLS with the client in the same words
    *worded(
        _UPSTREAM,
        (Says.UPSTREAM_TLS, "upstream SSL certificate verify error"),
        (Says.UPSTREAM_TLS, "upstream SSL certificate does not match"),
        (Says.UPSTREAM_TLS, "SSL_do_handshake() failed", _TO_UPSTREAM),
        (Says.UPSTREAM_TLS, "peer closed connection in SSL handshake", _TO_UPSTREAM),
        (Says.UPSTREAM_TIMEOUT, "upstream timed out", "while SSL handshaking to upstream"),
        (Says.UPSTREAM_TIMEOUT, "upstream timed out"),
        (Says.UPSTREAM_REFUSED, "connect() failed (111"),
        (Says.UPSTREAM_REFUSED, "connect() failed", "refused"),
        (Says.UPSTREAM_REFUSED, "connect() to unix:", "failed"),
        (Says.UPSTREAM_TIMEOUT, "connect() failed (110"),
        (Says.UPSTREAM_DOWN, "connect() failed"),
        (Says.UPSTREAM_DOWN, "connect() to", "failed"),
        (Says.UPSTREAM_DOWN, "no live upstreams"),
        (Says.SUBREQUEST, "connection upgrade in subrequest"),
        (Says.UPSTREAM_CLOSED, "upstream prematurely closed connection"),
        (Says.UPSTREAM_CLOSED, "reset by peer", "from upstream"),
        (Says.UPSTREAM_CLOSED, "Broken pipe", _TO_UPSTREAM),
        (Says.UPSTREAM_INVALID, "upstream sent"),
        (Says.UPSTREAM_NAME, "could not be resolved"),
        (Says.UPSTREAM_NAME, "no resolver defined to resolve"),
        (Says.UPSTREAM_NAME, "host not found in upstream"),
        (Says.NOTHING, "so upstream connection is closed too"),
    ),
    # what came where HTTP or TLS was expected
    *worded(
        _REQUEST,
        (Says.PLAIN_HTTP_TO_TLS, "client sent plain HTTP request to HTTPS port"),
        (Says.CLIENT_CERTIFICATE_MISSING, "client sent no required SSL certificate"),
        (Says.CLIENT_CERTIFICATE_BAD, "client SSL certificate verify error"),
        (Says.HOST, "client attempted to request the server name different from"),
        (Says.HEADER_TOO_LARGE, "client sent too long header line"),
        (Says.HEADER_TOO_LARGE, "client sent too large request"),
        (Says.HEADER_TOO_LARGE, "client sent too many header lines"),
        (Says.HEADER_TOO_LARGE, "client sent too long URI"),
        (Says.HTTP_VERSION, "client sent invalid version"),
        (Says.METHOD, "client sent TRACE method"),
        (Says.METHOD, "client sent CONNECT method"),
        (Says.MALFORMED, 'client sent invalid header line: "', '..."'),
        (Says.NOTHING, "client sent invalid header line"),  # one that was dropped, as for an underscore
        (Says.MALFORMED, "client sent invalid"),
        (Says.MALFORMED, "client sent duplicate"),
        (Says.MALFORMED, 'client sent HTTP/1.1 request without "Host" header'),
        (Says.MALFORMED, 'client sent "Content-Length" and "Transfer-Encoding"'),
        (Says.MALFORMED, "client sent unknown"),
        (Says.MALFORMED, "client sent"),
    ),
    *worded("src/http/v2/ngx_http_v2.c", (Says.HTTP_VERSION, "invalid connection preface")),
    *worded(
        "src/core/ngx_proxy_protocol.c",
        (Says.PROXY_PROTOCOL, "while reading PROXY protocol"),
        (Says.PROXY_PROTOCOL, "PROXY protocol"),
    ),
    *worded(
        _OPENSSL,
        (Says.TLS_SERVER_NAME, "handshake rejected", "while SSL handshaking"),
    ),
    *openssl.WORDINGS,
    *worded(
        _OPENSSL,
        (Says.NOTHING, "while SSL handshaking"),
    ),
    # refused before anybody is asked
    *worded(f"{_MODULES}ngx_http_limit_req_module.c", (Says.RATE, "limiting requests")),
    *worded(f"{_MODULES}ngx_http_limit_conn_module.c", (Says.CONNECTIONS, "limiting connections")),
    *worded("src/core/ngx_connection.c", (Says.CONNECTIONS, "worker_connections are not enough")),
    *worded(f"{_MODULES}ngx_http_access_module.c", (Says.ADDRESS, "access forbidden by rule")),
    *worded(
        f"{_MODULES}ngx_http_auth_basic_module.c",
        (Says.BASIC, "no user/password was provided for basic authentication"),
        (Says.BASIC, 'user "', "password mismatch"),
        (Says.BASIC, 'user "', "was not found in"),
    ),
    *worded(f"{_MODULES}ngx_http_auth_request_module.c", (Says.SUBREQUEST, "auth request unexpected status")),
    *worded(f"{_MODULES}ngx_http_auth_jwt_module", (Says.CREDENTIALS, "auth jwt"), (Says.CREDENTIALS, "JWT")),
    *worded(
        f"{_MODULES}ngx_http_static_module.c",
        (Says.NO_FILE, "open()", "No such file or directory"),
        (Says.NO_FILE, "open()", "Not a directory"),
        (Says.FORBIDDEN, "open()", "Permission denied"),
        (Says.NO_FILE, "is not found"),
        (Says.FORBIDDEN, "directory index of"),
    ),
    *worded(
        "src/http/ngx_http_core_module.c",
        (Says.ERROR, "rewrite or internal redirection cycle"),
        (Says.ERROR, "client intended to send too large body"),
    ),
    # the client went away, or was too slow
    *worded(
        _REQUEST,
        (Says.NOTHING, "client prematurely closed connection"),
        (Says.NOTHING, "client closed connection"),
        (Says.SILENT, "client timed out"),
    ),
)
# What of these is about a connection is no handshake's, or is said a second time.
_ASIDE = (
    "closed keepalive connection",
    "upstream server temporarily disabled",
    "is buffered to a temporary file",
    "delaying request",
    ", dry run",
)


@cache
def _head() -> re.Pattern[str]:
    return re.compile(
        r"(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[([a-z]{4,6})\] \d{1,10}#\d{1,10}: (?:\*(\d{1,20}) )?", re.ASCII
    )


@cache
def _tail() -> re.Pattern[str]:
    """A request and a host may hold anything, and end where the next part begins."""
    return re.compile(
        r", client: (?P<client>[^, ]*)(?:, server: (?P<server>[^,]*))?(?:, request: \"(?P<request>.*?)(?:\"(?=, )|\"?\Z))?"
        r"(?:, subrequest: \"(?P<subrequest>[^\"]*)\")?(?:, upstream: \"(?P<upstream>[^\"]*)\")?"
        r"(?:, host: \"(?P<host>[^\"]*)\")?",
        re.DOTALL,
    )


@cache
def _broken() -> re.Pattern[str]:
    """The request that came where a PROXY header was expected."""
    return re.compile(r"broken header: \"((?:GET|POST|HEAD|OPTIONS) [^\s\"]{1,4000} HTTP/1\.[01])")


@cache
def _further() -> re.Pattern[str]:
    """What follows where nginx (1.22) writes out the whole request, or the bytes of TLS, where a PROXY header was expected."""
    return re.compile(
        r"[\w-]{1,100}: |\" while reading PROXY protocol|\\x[0-9a-f]{2}|[\x00-\x1f]|(?:\\r)?\Z", re.ASCII
    )


def _opens(text: str) -> bool:
    return text[4:5] == "/" and _head().match(text) is not None


def _continues(text: str) -> bool:
    return _further().match(text) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    text = "\n".join(line.text for line in lines).rstrip("\n")
    head = _head().match(text)
    if head is None:
        return None
    tail = _tail().search(text, head.end())
    message = text[head.end() : tail.start() if tail else len(text)]
    if (not tail and head[2] != "emerg") or any(aside in message for aside in _ASIDE):
        return None
    return _entry(lines, text, head, message, tail.groupdict("") if tail else {})


def _entry(
    lines: Sequence[Line], text: str, head: re.Match[str], message: str, part: Mapping[str, str]
) -> Entry:
    wording = recognise(message, WORDINGS)
    broken = _broken().match(message)
    method, path, version = requestline.split(part.get("request", "") or (broken[1] if broken else ""))
    says = _says(wording.says if wording else Says.NOTHING, part)
    return Entry(
        **_given(lines, head),
        told=wording.told if wording else Told.WRONG,
        text=text,
        client=part.get("client", ""),
        method=method,
        scheme=_scheme(message, says),
        host=part.get("host", ""),
        port=_port(part.get("server", "")),
        path=path,
        version=version,
        upstream=_authority(part["upstream"]) if part.get("upstream") else None,
        says=says,
        words=message,
    )


def _says(says: Says, part: Mapping[str, str]) -> Says:
    """Return what a message says, knowing what the request was, and for whom the next hop was asked."""
    foreign = requestline.foreign(part.get("request", ""))
    if foreign is not Says.NOTHING:
        return foreign
    if part.get("subrequest") and says.name.startswith("UPSTREAM"):
        return Says.SUBREQUEST
    return says


def _given(lines: Sequence[Line], head: re.Match[str]) -> dict[str, Any]:
    """Return what every line tells, whatever its message is."""
    line = lines[0]
    written, level, connection = head.groups()
    found = stamp.nginx_error(written)
    zoned = line.zoned and line.time is not None
    return {
        "place": line.place._replace(lines=max(len(lines), line.place.lines)),
        "format": NAME,
        "software": SOFTWARE,
        "hop": Hop.PROXY,
        "time": line.time if zoned or not found else found.time,
        "zoned": zoned,
        "level": level_of(level),
        "identity": {"connection": connection} if connection else NO_FIELDS,
        "stream": line.stream,
    }


def _scheme(message: str, says: Says) -> str:
    """Return what came over the wire, where the message tells."""
    if says is Says.PLAIN_HTTP_TO_TLS:
        return "http"
    with_client = "SSL handshaking" in message and _TO_UPSTREAM not in message
    certificate = says in {Says.CLIENT_CERTIFICATE_BAD, Says.CLIENT_CERTIFICATE_MISSING}
    return "https" if with_client or certificate else ""


def _port(server: str) -> int | None:
    """Return the port of a listening address, which stands for a server where no request was read."""
    digits = server.rpartition(":")[2]
    return int(digits) if ":" in server and digits.isdigit() and len(digits) < 6 else None


def _authority(url: str) -> str:
    """Return the address of an upstream's URL, as $upstream_addr has it."""
    rest = url.partition("://")[2] or url
    if rest.startswith("unix:"):
        return rest.rpartition(":")[0] if rest.count(":") > 1 else rest
    return rest.partition("/")[0]


FORMAT = Format(
    NAME,
    SOFTWARE,
    Hop.PROXY,
    _opens,
    _read,
    (b" client: ", b"[emerg]"),
    _continues,
    healthy=False,
)
