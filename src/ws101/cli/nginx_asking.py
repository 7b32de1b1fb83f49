"""The handshake that a command about a configuration asks for: its flags, and the request as it comes to nginx.

Knows no configuration; nothing is sent.
"""

import argparse
import ipaddress
import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ws101.errors import UsageError
from ws101.handshake.request import Request, opening
from ws101.handshake.target import Address, own_host, read_url
from ws101.nginx.ask import Ask, Version

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
    add(
        "--subprotocol",
        action="append",
        default=[],
        metavar="NAME",
        help="offer this subprotocol (repeatable)",
    )
    add(
        "--method",
        default="GET",
        metavar="METHOD",
        help="ask by this method (default: GET, as a handshake does)",
    )
    add("-0", "--http1.0", action="store_const", const="HTTP/1.0", dest="http", default="HTTP/1.1",
        help="speak HTTP/1.0")  # fmt: skip


def add_way_flags(group: argparse._ArgumentGroup) -> None:
    """Add what tells by which addresses the request comes."""
    add = group.add_argument
    add("--address", metavar="ADDRESS", help="the address of nginx that the request comes to")
    add(
        "--resolve", action="append", default=[], metavar="HOST:PORT:ADDR", help="the same, as curl writes it"
    )
    add(
        "--client", metavar="ADDRESS", help="the address that the request comes from, for allow, deny and geo"
    )


class Asked(NamedTuple):
    """The handshake, its URL as it is shown, and the secrets that it holds."""

    request: Request
    url: str
    secrets: tuple[str, ...] = ()


def asked(options: argparse.Namespace) -> Asked:
    """Return the handshake that the flags and `options.url` tell of; raises UsageError."""
    address = read_url(options.url)
    host = own_host(address.host, address.port, tls=address.scheme == "wss")
    url = f"{address.scheme}://{host}{address.target}"
    told = (
        options.header,
        options.token,
        options.token_file,
        options.token_env,
        options.origin,
        options.subprotocol,
    )
    if not any(told) and not address.userinfo and "?" not in address.target:
        # The usual handshake holds no secret, and is made without the modules that know of them.
        return Asked(replace(opening(host, address.target, _KEY), version=options.http), url)
    return _told(options, url)


def _told(options: argparse.Namespace, url: str) -> Asked:
    """Return the handshake that the flags tell of, as `ws101 check` would send it."""
    from ws101.cli import values
    from ws101.cli.asking import token_of
    from ws101.question import Question, sending
    from ws101.tokens import credential

    question = Question(
        url=options.url,
        headers=tuple(values.header(text) for text in options.header),
        token=token_of(options, os.environ),
        origin=None if options.origin is None else values.octets(values.line(options.origin, "--origin")),
        subprotocols=tuple(values.octets(values.line(name, "--subprotocol")) for name in options.subprotocol),
        http=options.http,
        proxy="",
    )
    request = sending(question).request
    if "sec-websocket-key" not in {name.lower() for name, _ in question.headers}:
        request = request.with_headers(request.headers.replaced("Sec-WebSocket-Key", _KEY))
    known = {*credential.secrets(request), *([question.token] if question.token else [])}
    return Asked(request, url, tuple(sorted(known)))


def ask(request: Request, options: argparse.Namespace, nginx: Version) -> Ask:
    """Return the request as it comes to an nginx of this version; raises UsageError."""
    address = read_url(options.url)
    if not re.fullmatch(r"[A-Za-z_-]{1,40}", options.method):
        raise UsageError("--method: it is no method. Write it as it stands in a request, such as GET.")
    tls, literal = address.scheme == "wss", ":" in address.host or address.host.replace(".", "").isdigit()
    return Ask(
        request.target, request.headers, options.method, request.version, tls=tls,
        server_name=address.host if tls and not literal else None, port=address.port,
        address=_address(options.address, "--address") or _resolved(options.resolve, address),
        client=_address(options.client, "--client"), nginx=nginx,
    )  # fmt: skip


def _resolved(given: Sequence[str], address: Address) -> str | None:
    if not given:
        return None
    from ws101.cli import values

    found = dict(values.override(text) for text in given).get((address.host, address.port))
    return found[0] if found else None


def _address(text: str | None, flag: str) -> str | None:
    try:
        return None if text is None else str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        raise UsageError(f"{flag}: it is no address. Write it in digits, such as 192.0.2.7 or ::1.") from None
