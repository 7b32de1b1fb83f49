"""A server that answers exact bytes: strange 101s, other protocols, silence; `scenario` names which."""

import asyncio
import base64
import hashlib
import re
import socket
import struct
from contextlib import AbstractAsyncContextManager

from ws101.lab.accepting import accepting
from ws101.lab.upstreams import engineio
from ws101.lab.upstreams.policy import Policy
from ws101.lab.upstreams.tls import context

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
_KEY = re.compile(rb"^sec-websocket-key:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)

_SWITCH = "HTTP/1.1 101 Switching Protocols\r\n"
_UPGRADED = f"{_SWITCH}Upgrade: websocket\r\nConnection: Upgrade\r\n"
_GOOD = f"{_UPGRADED}Sec-WebSocket-Accept: {{accept}}\r\n"


def _page(status: str, body: str, *fields: str) -> str:
    lines = "".join(f"{field}\r\n" for field in fields)
    return f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n{lines}\r\n{body}"


_ANSWERS: dict[str, str] = {
    "echo": f"{_GOOD}\r\n",
    "wrong-accept": f"{_UPGRADED}Sec-WebSocket-Accept: dGhpcyBpcyBub3QgaXQhISEhISE=\r\n\r\n",
    "no-accept": f"{_UPGRADED}\r\n",
    "no-upgrade": f"{_SWITCH}Connection: Upgrade\r\nSec-WebSocket-Accept: {{accept}}\r\n\r\n",
    "unasked-extension": f"{_GOOD}Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    "unasked-subprotocol": f"{_GOOD}Sec-WebSocket-Protocol: chat\r\n\r\n",
    "close-1008": f"{_GOOD}\r\n\x88\x0e\x03\xf0unauthorized",
    "close-4401": f"{_GOOD}\r\n\x88\x0b\x11\x31bad token",
    "half-head": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso",
    "big-head": f"{_GOOD}X-Padding: {'x' * 9000}\r\n\r\n",
    "forbidden": _page("403 Forbidden", "no"),
    "unauthorized": _page("401 Unauthorized", "no", 'WWW-Authenticate: Bearer realm="gate"'),
    "post-only": _page("405 Method Not Allowed", "no", "Allow: POST"),
    "login": _page("302 Found", "", "Location: /login"),
    "garbage": "\x00\x01\x02\xff\xfe ws101 \x00" * 8,
    "alert": "\x15\x03\x03\x00\x02\x02\x46",  # TLS: fatal, protocol_version
    "close": "",
    "redis": "-ERR unknown command 'GET', with args beginning with: '/' 'HTTP/1.1'\r\n",
}
_GREETINGS = {
    "smtp": "220 mail.test ESMTP Postfix\r\n",
    "ssh": "SSH-2.0-OpenSSH_9.2\r\n",
    "mysql": "J\0\0\0\n8.0.36\0\x08\0\0\0salt1234\0\xff\xff\xff\x02\0",
}
_STAYS_OPEN = {
    "echo",
    "engineio",
    "wrong-accept",
    "no-accept",
    "no-upgrade",
    "unasked-extension",
    "unasked-subprotocol",
}


def serving(policy: Policy) -> AbstractAsyncContextManager[int]:
    """Serve while the block runs; the port."""
    return accepting(lambda reader, writer: _answer(policy, reader, writer), context(policy))


async def _answer(policy: Policy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    scenario = policy.scenario
    if scenario in _GREETINGS:
        writer.write(_GREETINGS[scenario].encode("latin-1"))
        await reader.read(4096)
        return
    if scenario == "alert":
        await reader.read(4096)
        writer.write(_ANSWERS[scenario].encode("latin-1"))
        return
    head = await reader.readuntil(b"\r\n\r\n")
    if scenario == "silent":
        await reader.read()
    elif scenario == "reset":
        _reset(writer)
    elif scenario == "idle":
        writer.write(_filled(_ANSWERS["echo"], head))
        await asyncio.sleep(policy.idle_seconds or 1.0)
    else:
        text = engineio.answer(head, _ANSWERS["echo"]) if scenario == "engineio" else _ANSWERS[scenario]
        writer.write(_filled(text, head))
        await writer.drain()
        if scenario in _STAYS_OPEN:
            await reader.read()


def _filled(text: str, head: bytes) -> bytes:
    key = _KEY.search(head)
    digest = hashlib.sha1((key[1] if key else b"") + _GUID, usedforsecurity=False).digest()
    accept = base64.b64encode(digest).decode()
    return text.replace("{accept}", accept).encode("latin-1")


def _reset(writer: asyncio.StreamWriter) -> None:
    opened: socket.socket = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
