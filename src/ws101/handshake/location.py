"""Where a Location field points (RFC 9110, 10.2.2), as a WebSocket client would have to dial it."""

from urllib.parse import urljoin, urlsplit

from msgspec import Struct

_TLS = {"https": True, "wss": True, "http": False, "ws": False}


class Location(Struct, frozen=True):
    """One place to ask: `target` is the path with its query."""

    tls: bool
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wss' if self.tls else 'ws'}://{host}:{self.port}{self.target}"


def resolve(base: Location, reference: str) -> Location | None:
    """Return where `reference`, seen in an answer from `base`, points; None when it names no place to ask."""
    host = f"[{base.host}]" if ":" in base.host else base.host
    try:
        parts = urlsplit(
            urljoin(f"{'https' if base.tls else 'http'}://{host}:{base.port}{base.target}", reference)
        )
        port = parts.port
    except ValueError:
        return None
    if not reference or parts.hostname is None or parts.scheme not in _TLS:
        return None
    tls = _TLS[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Location(tls, parts.hostname, port or (443 if tls else 80), target)
