"""The lines that an app of the guide's kind writes of a handshake: what it means to send, and its library's words on the end.

What it means is not what was sent: the lines are made from the settings, as the app makes them.
"""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from ws101.handshake.request import Request
from ws101.timers import blocks

_PREVIEW = 12  # characters of a token that the guide's client prints
_OF_THE_LIBRARY = (
    "host",
    "upgrade",
    "connection",
    "user-agent",
    "sec-websocket-key",
    "sec-websocket-version",
)


def meant(url: str, request: Request) -> Iterator[str]:
    """Yield what the app writes before it connects; its library adds fields of its own, which it does not see."""
    there = urlsplit(url)
    token = request.headers.get("authorization")
    yield f"🔌 [WebSocket] Connecting to {url}"
    port = there.port or (443 if there.scheme == "wss" else 80)
    yield f"🔌 [WebSocket] Host: {there.hostname}, Port: {port}, Path: {there.path}"
    yield f"🔌 [WebSocket] Token present: {str(bool(token)).lower()}, Token length: {len(token)}"
    if token:
        yield f"🔌 [WebSocket] Token preview: {token[: len('Bearer ') + _PREVIEW]}..."
    yield "🔌 [WebSocket] Request headers:"
    for name, value in request.headers:
        if name.lower() not in _OF_THE_LIBRARY:
            yield f"  - {name}: {value}"


def failed(error: BaseException, *, causes: bool = False) -> Iterator[str]:
    """Yield what the app writes of the end; with `causes` also what made the library fail, as a trace ends."""
    yield f"🚫 [WebSocket] Failed to connect to WebSocket: {error}"
    yield f"🚫 [WebSocket] Exception type: {_name(error)}"
    cause = error.__cause__
    while causes and cause is not None:
        yield f"🚫 [WebSocket] Caused by: {_name(cause)}: {cause}"
        cause = cause.__cause__


def _name(error: BaseException) -> str:
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")


def stamped(lines: Iterable[str], now: float) -> str:
    """Return these lines as a logger writes them at this time, in seconds since the epoch."""
    return blocks.lines(int(now * 1000), "INFO", "client", lines)
