"""A small strict client that reads the arguments of `ws101 check` and makes the handshake itself, without the doctor."""

import argparse
import base64
import hashlib
import re
import secrets
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events
from msgspec import Struct
from msgspec.structs import replace

_READ_SECONDS = 3.0
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, PING = (b"\x81", b"\x81"), (b"\x89", b"\x8a")  # how a frame begins, and the one that comes back


class Outcome(Struct, frozen=True):
    """What came back; `sound` says that the socket was opened by the book and echoed, or stayed open for --hold."""

    status: int | None
    head: str = ""
    rest: bytes = b""
    error: str = ""
    sound: bool = False

    def field(self, name: str) -> str:
        found = re.search(rf"^{name}:[ \t]*(.*?)\r?$", self.head, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""


def options(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    for name in ("cacert", "cert", "key", "resolve", "token-file", "origin", "subprotocol", "proxy", "saw",
                 "jwt-secret-file", "jwks", "audience", "issuer", "direct", "hold"):  # fmt: skip
        parser.add_argument(f"--{name}")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-k", dest="unverified", action="store_true")
    parser.add_argument("--http1.0", dest="http1_0", action="store_true")
    parser.add_argument("--http2", action="store_true")
    return parser.parse_args(arguments)


def shake(arguments, says=TEXT) -> Outcome:
    """Make one handshake, and use the socket that it opens: say hello, as a text that is echoed or as a ping."""
    given = options(arguments)
    url = urlsplit(given.url)
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    try:
        with _connect(given, url) as opened:
            if given.http2:
                return _over_http2(opened, given, url)
            opened.sendall(request(given, url, key))
            outcome = _read(opened)
            return _used(opened, given, outcome, says) if _fits(outcome, given, key) else outcome
    except OSError as error:
        return Outcome(None, error=f"{type(error).__name__}: {error}")


def request(given, url, key: str) -> bytes:
    """Return the handshake's bytes with the user's header fields in it, as curl would take them."""
    ours = {
        "Host": url.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        "Authorization": f"Bearer {Path(given.token_file).read_text()}" if given.token_file else "",
        "Origin": given.origin,
        "Sec-WebSocket-Protocol": given.subprotocol,
    }
    theirs = {re.split("[:;]", header)[0].strip().lower() for header in given.headers}
    lines = [f"{name}: {value}" for name, value in ours.items() if value and name.lower() not in theirs]
    lines += [
        f"{header[:-1]}:" if header.endswith(";") else header
        for header in given.headers
        if not header.endswith(":")
    ]
    target = url.path + (f"?{url.query}" if url.query else "")
    return "\r\n".join([f"GET {target} HTTP/{'1.0' if given.http1_0 else '1.1'}", *lines, "", ""]).encode(
        "latin-1"
    )


def _connect(given, url):
    if given.proxy:
        proxy = urlsplit(given.proxy)
        opened = socket.create_connection((proxy.hostname, proxy.port), timeout=_READ_SECONDS)
        opened.sendall(f"CONNECT {url.netloc} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        answer = _read(opened)
        if answer.status != 200:
            opened.close()
            raise ConnectionError(f"CONNECT: {answer.status}")
    else:
        address = given.resolve.split(":", 2)[2].split(",")[0].strip("[]") if given.resolve else url.hostname
        opened = socket.create_connection((address, url.port), timeout=_READ_SECONDS)
    return _secured(given, url, opened) if url.scheme == "wss" else opened


def _secured(given, url, opened):
    context = ssl.create_default_context(cafile=given.cacert)
    if given.unverified:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if given.http2:
        context.set_alpn_protocols(["h2"])
    if given.cert:
        context.load_cert_chain(given.cert, given.key)
    with opened:
        return context.wrap_socket(opened, server_hostname=url.hostname)


def _read(opened) -> Outcome:
    data = b""
    while b"\r\n\r\n" not in data:
        more = opened.recv(4096)
        if not more:
            return Outcome(None, data.decode("latin-1"), error="closed")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1] if head.startswith(b"HTTP/") else b""
    return Outcome(int(status) if status.isdigit() else None, head.decode("latin-1"), rest)


def _fits(outcome: Outcome, given, key: str) -> bool:
    """Whether a strict client keeps this answer (RFC 6455, 4.1)."""
    accept = base64.b64encode(hashlib.sha1(f"{key}{_GUID}".encode()).digest()).decode()
    return (
        outcome.status == 101
        and outcome.field("Upgrade").lower() == "websocket"
        and "upgrade" in outcome.field("Connection").lower()
        and outcome.field("Sec-WebSocket-Accept") == accept
        and outcome.field("Sec-WebSocket-Protocol") == (given.subprotocol or "")
        and not outcome.field("Sec-WebSocket-Extensions")
    )


def _used(opened, given, outcome: Outcome, says) -> Outcome:
    if given.hold:
        opened.settimeout(float(given.hold))
        try:
            return replace(outcome, rest=outcome.rest + opened.recv(4096))
        except TimeoutError:
            return replace(outcome, sound=True)
    said, expected = says[0] + b"\x85\0\0\0\0hello", says[1] + b"\x05hello"
    opened.sendall(said)
    received = outcome.rest
    while len(received) < len(expected) and (more := opened.recv(4096)):
        received += more
    return replace(outcome, rest=received, sound=received == expected)


def _over_http2(opened, given, url) -> Outcome:
    """Ask with a plain GET; nginx relays the Upgrade field of a 426, which HTTP/2 forbids."""
    settings = h2.config.H2Configuration(header_encoding="utf-8", validate_inbound_headers=False)
    connection = h2.connection.H2Connection(settings)
    connection.initiate_connection()
    token = Path(given.token_file).read_text()
    fields = {":method": "GET", ":scheme": "https", ":authority": url.netloc, ":path": url.path}
    connection.send_headers(1, [*fields.items(), ("authorization", f"Bearer {token}")], end_stream=True)
    opened.sendall(connection.data_to_send())
    while data := opened.recv(65536):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                return Outcome(int(dict(event.headers)[":status"]))
        opened.sendall(connection.data_to_send())
    return Outcome(None, error="closed")
