"""What engine.io 6 for Node answers to an upgrade, byte for byte but for the sid, by the parameters of its query."""

import json
from urllib.parse import parse_qs, urlsplit

_MESSAGES = {
    0: "Transport unknown",
    1: "Session ID unknown",
    3: "Bad request",
    5: "Unsupported protocol version",
}
_HELLO = '0{"sid":"vCMBuUL6FTUy1wqbAAAA","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'


def answer(head: bytes, switching: str) -> str:
    """Return the answer to a request's head; `switching` is that of a good handshake.

    The version is only looked at after the 101, so its refusal stands inside the socket.
    """
    query = parse_qs(urlsplit(head.split(b" ", 2)[1].decode("latin-1")).query)
    if b"upgrade: websocket" not in head.lower():
        return _as_json(3 if query.get("transport") == ["websocket"] else 0)
    if query.get("transport") != ["websocket"]:
        return _refused(0)
    if "sid" in query:
        return _refused(1)
    if query.get("EIO") != ["4"]:
        return switching + _refused(5)
    return f"{switching}\x81{chr(len(_HELLO))}{_HELLO}"


def _refused(code: int) -> str:
    message = _MESSAGES[code]
    fields = f"Connection: close\r\nContent-type: text/html\r\nContent-Length: {len(message)}\r\n"
    return f"HTTP/1.1 400 Bad Request\r\n{fields}\r\n{message}"


def _as_json(code: int) -> str:
    body = json.dumps({"code": code, "message": _MESSAGES[code]}, separators=(",", ":"))
    fields = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"HTTP/1.1 400 Bad Request\r\n{fields}\r\n{body}"
