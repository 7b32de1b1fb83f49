"""The client's log lines as the guide shows them, made of the bytes that were sent and of the connection that they
went over, never of what was meant; of a token only its header segment and its length.
"""

from ws101.handshake.target import own_host
from ws101.redact import Redactor, printable
from ws101.tokens.decode import looks_like_jwt

_PLUG, _DONE, _FAILED = "🔌 [WebSocket]", "✅ WebSocket connected", "🚫 [WebSocket]"
_REDACTOR = Redactor((), b"")


def attempted(sent: bytes, *, host: str, port: int, tls: bool) -> list[str]:
    """Return the lines on a request that went to this host and port, inside TLS or not."""
    head = sent.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
    target = head[0].split(" ")[1]
    fields = [(name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:])]
    authorization = next((value for name, value in fields if name == "Authorization"), "")
    token = authorization.rpartition(" ")[2]
    named = next((value for name, value in fields if name == "Host"), own_host(host, port, tls=tls))
    url = f"{'wss' if tls else 'ws'}://{named.removesuffix(f':{port}')}:{port}{target}"
    return [
        _clean(line)
        for line in (
            f"{_PLUG} Connecting to {url}",
            f"{_PLUG} Host: {host}, Port: {port}, Path: {target}",
            f"{_PLUG} Token present: {str(bool(token)).lower()}, Token length: {len(token)}",
            f"{_PLUG} Token preview: {_value('Authorization', authorization)}",
            f"{_PLUG} Request headers:",
            *(f"  - {name}: {_value(name, value)}" for name, value in fields),
        )
    ]


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
    """Return what may be shown of a token: a JWT's header segment, which is no secret, and nothing of any other."""
    if looks_like_jwt(token):
        return f"{token.partition('.')[0]}..."
    return f"[{len(token)} characters]" if token else "[none]"


def _value(name: str, value: str) -> str:
    if name != "Authorization":
        return _REDACTOR.scrub(f"{name}: {value}").partition(": ")[2]
    scheme, _, token = value.partition(" ")
    return f"{scheme} {preview(token)}" if token else preview(scheme)


def _clean(line: str) -> str:
    return printable(line)
