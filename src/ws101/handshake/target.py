"""Reads the URL that a user gives; refuses what no WebSocket client could dial, and says what to write instead."""

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit

from ws101.errors import UsageError
from ws101.private import Private

_TLS = {"ws": False, "wss": True, "http": False, "https": True}
_KEPT = "!#$%&'()*+,/:;=?@[]~-._"
_LONGEST_NAME = 253  # characters (RFC 1035, 2.3.4: 255 octets with the lengths)
_WRITE = "Write ws://host:port/path"


class Address(Private, frozen=True):
    """A URL taken apart: `host` without brackets, `target` the path and query as sent, `userinfo` still encoded."""

    scheme: str
    host: str
    port: int
    target: str
    userinfo: str = ""


def read_url(text: str) -> Address:
    """Return the parts of a ws, wss, http or https URL (RFC 6455, 3); raise UsageError saying what is wrong with it."""
    text = text.strip()
    if not text or any(ord(c) < 33 or ord(c) == 127 for c in text):
        raise UsageError(
            f"{_shown(text)} is no URL: it is empty or holds blanks or control characters. {_WRITE}"
        )
    named = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", text)
    if named is None:
        raise UsageError(f"{_shown(text)} has no scheme. {_WRITE}, or wss:// for TLS")
    scheme = named[1].lower()
    if scheme not in _TLS:
        raise UsageError(f"the scheme {named[1][:20]!r} is none of ws, wss, http, https. {_WRITE}")
    if "#" in text:
        raise UsageError(
            "the URL has a fragment (#…), which WebSocket URLs must not have (RFC 6455, 3). Write %23 for a literal #."
        )
    parts = _split(text)
    target = _quoted(parts.path or "/") + (f"?{_quoted(parts.query)}" if parts.query else "")
    port = parts.port or (443 if _TLS[scheme] else 80)
    userinfo = parts.netloc.rpartition("@")[0]
    return Address("wss" if _TLS[scheme] else "ws", _host(parts.hostname or ""), port, target, userinfo)


def own_host(host: str, port: int, *, tls: bool) -> str:
    """Return the Host field for an address (RFC 9110, 7.2): the port only where it is not the scheme's own."""
    name = f"[{host}]" if ":" in host else host
    return name if port == (443 if tls else 80) else f"{name}:{port}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname)
    except ValueError:
        why = "its host cannot be read (an IPv6 address stands in brackets, as in ws://[::1]:8080/)"
        raise UsageError(f"{_shown(text)} is no URL: {why}. {_WRITE}") from None
    if not named:
        raise UsageError(f"{_shown(text)} names no host. {_WRITE}")
    try:
        usable = parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"the port of {_shown(text)} is no number from 1 to 65535. {_WRITE}")
    return parts


def _shown(text: str) -> str:
    """The text without what may be a secret: a URL with an @ not at all, another without its query."""
    bare = re.split(r"[?#]", text, maxsplit=1)[0]
    return "the URL" if "@" in text else f'"{bare[:100]}"'


def _quoted(text: str) -> str:
    return quote(text, safe=_KEPT, errors="surrogateescape")


def _host(host: str) -> str:
    address, percent, zone = host.partition("%")
    try:
        return str(ipaddress.ip_address(address)) + percent + zone
    except ValueError:
        pass
    try:
        name = host if host.isascii() or len(host) > _LONGEST_NAME else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not 0 < len(name) <= _LONGEST_NAME:
        raise UsageError(
            f'"{host[:100]}" is no host name that DNS can hold (RFC 1035, 2.3.4; IDNA). {_WRITE}'
        )
    return name
