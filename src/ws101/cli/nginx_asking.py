"""The handshake that a command about a configuration asks for: its flags, the request as nginx gets it, and its secrets.

Knows no configuration's meaning; nothing is sent.
"""

import argparse
import ipaddress
import os
import re
import secrets
from collections.abc import Callable

from ws101.cli import values
from ws101.cli.asking import token_of
from ws101.errors import UsageError
from ws101.handshake.target import read_url
from ws101.nginx.ask import Ask, Version
from ws101.nginx.include import Configuration
from ws101.nginx.secret import secrets as secrets_in
from ws101.question import Question, sending
from ws101.redact import Redactor
from ws101.tokens import credential

_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455, 1.3: nothing is sent, so it need not be new


def add_request_flags(group: argparse._ArgumentGroup) -> None:
    """Add what tells how the client speaks."""
    add = group.add_argument
    add("-H", "--header", action="append", default=[], metavar="'NAME: VALUE'",
        help="send this field; 'NAME:' leaves it out, 'NAME;' sends it empty (repeatable)")  # fmt: skip
    add("--token", metavar="TOKEN", help="send Authorization: Bearer TOKEN (visible to `ps`; better a file)")
    add("--token-file", metavar="FILE", help="the same, read from a file")
    add("--token-env", metavar="NAME", help="the same, read from an environment variable")
    add("--origin", metavar="ORIGIN", help="send this Origin, as a browser does")
    add("--subprotocol", action="append", default=[], metavar="NAME",
        help="offer this subprotocol (repeatable)")  # fmt: skip
    add("--method", default="GET", metavar="METHOD",
        help="ask by this method (default: GET, as a handshake does)")  # fmt: skip
    add("-0", "--http1.0", action="store_const", const="HTTP/1.0", dest="http", default="HTTP/1.1",
        help="speak HTTP/1.0")  # fmt: skip


def add_way_flags(group: argparse._ArgumentGroup) -> None:
    """Add what tells from where the request comes, and to which address."""
    add = group.add_argument
    add("--address", metavar="ADDRESS", help="the address of nginx that the request comes to")
    add("--resolve", action="append", default=[], metavar="HOST:PORT:ADDR",
        help="the same, as curl writes it")  # fmt: skip
    add("--client", metavar="ADDRESS",
        help="the address that the request comes from, for allow, deny and geo")  # fmt: skip


def question(url: str, options: argparse.Namespace, *, show_secrets: bool = False) -> Question:
    """Return what these flags ask; raises UsageError."""
    return Question(
        url=url,
        headers=tuple(values.header(text) for text in options.header),
        token=token_of(options, os.environ),
        origin=None if options.origin is None else values.octets(values.line(options.origin, "--origin")),
        subprotocols=tuple(values.octets(values.line(name, "--subprotocol")) for name in options.subprotocol),
        http=options.http,
        overrides=dict(values.override(text) for text in options.resolve),
        proxy="",
        show_secrets=show_secrets,
    )


def ask(asked: Question, options: argparse.Namespace, nginx: Version) -> Ask:
    """Return the request as it comes to nginx; raises UsageError."""
    sent, address = sending(asked), read_url(asked.url)
    fields = sent.request.headers
    given = {name.lower() for name, value in asked.headers if value is not None}
    if "sec-websocket-key" in fields and "sec-websocket-key" not in given:
        fields = fields.replaced("Sec-WebSocket-Key", _KEY)
    if not re.fullmatch(r"[A-Za-z_-]{1,40}", options.method):
        raise UsageError("--method: it is no method. Write it as it stands in a request, such as GET.")
    resolved = asked.overrides.get((address.host, address.port), ())
    return Ask(
        sent.request.target, fields, options.method, sent.request.version,
        tls=sent.tls is not None,
        server_name=sent.tls.server_name if sent.tls else None,
        port=address.port,
        address=_address(options.address, "--address") or (resolved[0] if resolved else None),
        client=_address(options.client, "--client"),
        nginx=nginx,
    )  # fmt: skip


def _address(text: str | None, flag: str) -> str | None:
    try:
        return None if text is None else str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        raise UsageError(f"{flag}: it is no address. Write it in digits, such as 192.0.2.7 or ::1.") from None


def scrubber(asked: Question, configuration: Configuration) -> Callable[[str], str]:
    """Return what takes the secrets of the request and of the configuration out of a text."""
    given = credential.secrets(sending(asked).request)
    known = {*given, *([asked.token] if asked.token else []), *secrets_in(configuration)}
    return Redactor(sorted(known), secrets.token_bytes(8)).scrub
