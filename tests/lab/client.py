"""A small client that reads the arguments of `ws101 check` and makes the handshake itself, without the doctor."""

import argparse
import base64
import secrets
import socket
import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events

_READ_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back: an HTTP head and what followed it, or the failure's words."""

    status: int | None
    head: str = ""
    rest: bytes = b""
    error: str = ""


def options(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    for name in ("cacert", "cert", "key", "resolve", "token", "token-file", "origin", "subprotocol", "proxy", "saw",
                 "jwt-secret-file", "direct", "hold"):  # fmt: skip
        parser.add_argument(f"--{name}")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-k", dest="unverified", action="store_true")
    parser.add_argument("--http1.0", dest="http1_0", action="store_true")
    parser.add_argument("--http2", action="store_true")
    return parser.parse_args(arguments)


def shake(arguments) -> Outcome:
    """Make one handshake, and watch it for --hold seconds."""
    given = options(arguments)
    url = urlsplit(given.url)
    address = given.resolve.split(":", 2)[2].split(",")[0].strip("[]") if given.resolve else url.hostname
    try:
        with _connect(given, url, address) as opened:
            if given.http2:
                return _read_http2(opened, given, url)
            opened.sendall(request(given, url))
            outcome = _read(opened)
            return _watched(opened, outcome, float(given.hold)) if given.hold and outcome.status == 101 else outcome
    except OSError as error:
        return Outcome(None, error=f"{type(error).__name__}: {error}")


def request(given, url) -> bytes:
    """Return the handshake's bytes with the user's headers in it, as curl would take them."""
    fields = {
        "Host": url.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
        "Sec-WebSocket-Version": "13",
    }
    token = Path(given.token_file).read_text().strip() if given.token_file else given.token
    if token:
        fields["Authorization"] = f"Bearer {token}"
    if given.origin:
        fields["Origin"] = given.origin
    if given.subprotocol:
        fields["Sec-WebSocket-Protocol"] = given.subprotocol
    lines, replaced = [], {_name(header).lower() for header in given.headers}
    lines += [f"{name}: {value}" for name, value in fields.items() if name.lower() not in replaced]
    lines += [header.replace(";", ":") if header.endswith(";") else header for header in given.headers if not header.endswith(":")]
    target = url.path + (f"?{url.query}" if url.query else "")
    return "\r\n".join([f"GET {target} HTTP/{'1.0' if given.http1_0 else '1.1'}", *lines, "", ""]).encode("latin-1")


def _name(header: str) -> str:
    return header.partition(":")[0].rstrip(";")


def _connect(given, url, address):
    if given.proxy:
        proxy = urlsplit(given.proxy)
        opened = socket.create_connection((proxy.hostname, proxy.port), timeout=_READ_SECONDS)
        opened.sendall(f"CONNECT {url.netloc} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        head = _read(opened)
        if head.status != 200:
            opened.close()
            raise ConnectionError(f"CONNECT: {head.status}")
    else:
        opened = socket.create_connection((address, url.port), timeout=_READ_SECONDS)
    if url.scheme != "wss":
        return opened
    context = ssl.create_default_context(cafile=given.cacert)
    if given.unverified:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if given.http2:
        context.set_alpn_protocols(["h2"])
    if given.cert:
        context.load_cert_chain(given.cert, given.key)
    return context.wrap_socket(opened, server_hostname=url.hostname)


def _watched(opened, outcome: Outcome, seconds: float) -> Outcome:
    opened.settimeout(seconds)
    try:
        more = opened.recv(4096)
    except TimeoutError:
        return outcome
    return replace(outcome, rest=outcome.rest + more, error="" if more else "cut")


def _read_http2(opened, given, url) -> Outcome:
    connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8", validate_inbound_headers=False))
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


def _read(opened) -> Outcome:
    data = b""
    while b"\r\n\r\n" not in data:
        more = opened.recv(4096)
        if not more:
            return Outcome(None, data.decode("latin-1"), error="closed")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    status = text.split(" ", 2)[1] if text.startswith("HTTP/") else ""
    return Outcome(int(status) if status.isdigit() else None, text, rest)
