"""The client's log lines as the guide shows them, made of the bytes that were sent and of the connection that they
went over, never of what was meant; of a token only its header segment and its length.
"""

from ws101.handshake.incoming import parse
from ws101.handshake.target import own_host
from ws101.redact import printable
from ws101.timers.redaction import described, see
from ws101.tokens.decode import looks_like_jwt

_PLUG, _DONE, _FAILED = "🔌 [WebSocket]", "✅ WebSocket connected", "🚫 [WebSocket]"


def attempted(sent: bytes, *, host: str, port: int, tls: bool) -> list[str]:
    """Return the lines on a request that went to this host and port, inside TLS or not."""
    seen, token = see(sent, preview), parse(sent).headers.get("authorization").rpartition(" ")[2]
    headers = dict(seen.headers)
    named = headers.get("Host", own_host(host, port, tls=tls)).removesuffix(f":{port}")
    said = [
        f"{_PLUG} Connecting to {'wss' if tls else 'ws'}://{named}:{port}{seen.target}",
        f"{_PLUG} Host: {host}, Port: {port}, Path: {seen.path}",
        f"{_PLUG} Token present: {str(bool(token)).lower()}, Token length: {len(token)}",
        f"{_PLUG} Token preview: {headers.get('Authorization', '[none]')}",
        f"{_PLUG} Request headers:",
        *(f"  - {name}: {value}" for name, value in seen.headers),
    ]
    return [printable(line) for line in said]


def connected() -> list[str]:
    """Return the line on a 101."""
    return [_DONE]


def refused(status: int, line: str) -> list[str]:
    """Return the lines on any other answer: Ktor's words, and what the answer says in one line."""
    return [
        f"{_FAILED} Failed to connect to WebSocket: Handshake exception, expected status code 101 but was {status}",
        f"{_FAILED} Exception type: Refused",
        f"{_FAILED} {line}",
    ]


def unreachable(line: str) -> list[str]:
    """Return the lines on a connection that no answer came over."""
    return [f"{_FAILED} Failed to connect to WebSocket: {line}", f"{_FAILED} Exception type: Unreachable"]


def preview(token: str) -> str:
    """Return what may be shown of a token: a JWT's header segment, which is no secret, and of any other what it is."""
    return f"{token.partition('.')[0]}..." if looks_like_jwt(token) else described(token)
