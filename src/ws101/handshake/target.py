"""Reads the URL that a user gives; refuses what no WebSocket client could dial, and says what to write instead."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ws101.errors import UsageError

_TLS = {"ws": False, "wss": True, "http": False, "https": True}
_KEPT = "!#$%&'()*+,/:;=?@[]~-._"


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart: `host` without brackets, `target` the path and query as sent, `userinfo` still encoded."""

    scheme: str
    host: str
    port: int
    target: str
    userinfo: str = ""


def read_url(text: str) -> Address:
    """Return the parts of a ws, wss, http or https URL (RFC 6455, 3); raise UsageError saying what is wrong with it."""
    if not text.strip() or any(ord(c) < 33 for c in text.strip()):
        raise UsageError(
            f"{_shown(text)} is no URL: it is empty or holds blanks or control characters. Write ws://host:port/path"
        )
    text = text.strip()
    if "://" not in text:
        raise UsageError(
            f"{_shown(text)} has no scheme. Write ws://{_shown(text).strip(chr(34))} or, for TLS, wss://…"
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UsageError(
            f"{_shown(text)} is no URL: {str(error).split(':')[0]}. Write ws://host:port/path"
        ) from None
    if parts.scheme.lower() not in _TLS:
        raise UsageError(f"the scheme {parts.scheme!r} is none of ws, wss, http, https.")
    if not parts.hostname:
        raise UsageError(f"{_shown(text)} names no host. Write ws://host:port/path")
    if "#" in text:
        raise UsageError(
            "the URL has a fragment (#…), which WebSocket URLs must not have (RFC 6455, 3). Write %23 for a literal #."
        )
    if port == 0:
        raise UsageError("port 0 cannot be dialled. Write the port that the server listens on.")
    tls = _TLS[parts.scheme.lower()]
    path = quote(parts.path or "/", safe=_KEPT)
    target = path + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")
    userinfo = parts.netloc.rpartition("@")[0]
    return Address(
        "wss" if tls else "ws", _host(parts.hostname), port or (443 if tls else 80), target, userinfo
    )


def _shown(text: str) -> str:
    """The text without what may be a secret: what stands before an @ and in the query."""
    bare = text.partition("?")[0].rpartition("@")[2].strip()
    return f'"{bare[:100]}"'


def _host(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host.partition("%")[0])) + (
            "%" + host.partition("%")[2] if "%" in host else ""
        )
    except ValueError:
        pass
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise UsageError(f'the host name "{host[:100]}" cannot be encoded for DNS (IDNA).') from None
