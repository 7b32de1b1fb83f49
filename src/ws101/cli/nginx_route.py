"""`ws101 nginx route URL CONFIG`: which server and location answer a handshake, and what upstream sees of it."""

import argparse
import ipaddress
import os
import posixpath
import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ws101.cli import nginx_reading, streams
from ws101.cli.parser import Parser
from ws101.cli.terminal import face
from ws101.errors import UsageError
from ws101.handshake.request import Request, opening
from ws101.handshake.target import Address, own_host, read_url
from ws101.nginx.account import Account, account, retold
from ws101.nginx.ask import Ask
from ws101.nginx.include import Configuration
from ws101.nginx.model import understand
from ws101.nginx.secret import secrets as secrets_in
from ws101.probe.nginx_files import read_configuration
from ws101.redact import Redactor, printable
from ws101.render.nginx_route import Frame, render

_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455, 1.3: nothing is sent, so it need not be new
_STATUS = {"yes": 0, "no": 1, "unknown": 3}


def main(arguments: Sequence[str]) -> int:
    """Read, follow, show; 0 where a 101 is possible, 1 where it is not, 3 where that cannot be told."""
    options = parser().parse_args(arguments)
    nginx, whence, known = nginx_reading.version(options)
    asked = _asked(options, os.environ)
    ask = replace(_ask(asked.request, options), nginx=nginx)
    configuration = read_configuration(options.config, options.root)
    told = account(understand(configuration), ask, version_known=known)
    clean = _cleaner((*asked.secrets, *secrets_in(configuration)), options)
    running = {"version": ".".join(map(str, nginx)), "known": known, "whence": whence}
    if options.json:
        from ws101.render import nginx_json

        cleaned, request = retold(told, clean), _request(clean(asked.url), ask)
        text = nginx_json.render(cleaned, request, running, redacted=not options.show_secrets)
    else:
        frame = _frame(f"{ask.method} {asked.url}", configuration, running, _next(told, asked, options))
        text = _text(told, frame, clean, options.color)
    streams.say(text, always_utf8=options.json)
    return _STATUS[told.possible] if told.whole else 3


def parser() -> Parser:
    """Return the parser of this command's flags."""
    made = Parser(
        prog="ws101 nginx route",
        description="Which server and which location of a configuration answer a WebSocket handshake, line by line, and what the "
        "upstream sees of it. The configuration is read; nothing is sent.",
        epilog="Exit status: 0 a 101 is possible, 1 it is not, 2 unreadable input, 3 it cannot be told, or a part was not read.",
    )
    made.add_argument(
        "url", metavar="URL", help="ws://, wss://, http:// or https://, as the client asks for it"
    )
    nginx_reading.add_flags(made)
    _add_request_flags(made.add_argument_group("how your client speaks"))
    _add_way_flags(made.add_argument_group("the way"))
    output = made.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="as JSON")
    output.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)"
    )
    output.add_argument("--show-secrets", action="store_true", help="do not redact tokens and cookies")
    return made


def _add_request_flags(group: argparse._ArgumentGroup) -> None:
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


def _add_way_flags(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--address", metavar="ADDRESS", help="the address of nginx that the request comes to")
    add(
        "--resolve", action="append", default=[], metavar="HOST:PORT:ADDR", help="the same, as curl writes it"
    )
    add(
        "--client", metavar="ADDRESS", help="the address that the request comes from, for allow, deny and geo"
    )


# ---- what is asked


class _Asked(NamedTuple):
    """The handshake, its URL as it is shown, and the secrets that it holds."""

    request: Request
    url: str
    secrets: tuple[str, ...] = ()


def _asked(options: argparse.Namespace, environ: Mapping[str, str]) -> _Asked:
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
        return _Asked(replace(opening(host, address.target, _KEY), version=options.http), url)
    return _told(options, environ, url)


def _told(options: argparse.Namespace, environ: Mapping[str, str], url: str) -> _Asked:
    """Return the handshake that the flags tell of, as `ws101 check` would send it."""
    from ws101.cli import values
    from ws101.cli.asking import token_of
    from ws101.question import Question, sending
    from ws101.tokens import credential

    asked = Question(
        url=options.url,
        headers=tuple(values.header(text) for text in options.header),
        token=token_of(options, environ),
        origin=None if options.origin is None else values.octets(values.line(options.origin, "--origin")),
        subprotocols=tuple(values.octets(values.line(name, "--subprotocol")) for name in options.subprotocol),
        http=options.http,
        proxy="",
    )
    request = sending(asked).request
    if "sec-websocket-key" not in {name.lower() for name, _ in asked.headers}:
        request = request.with_headers(request.headers.replaced("Sec-WebSocket-Key", _KEY))
    known = {*credential.secrets(request), *([asked.token] if asked.token else [])}
    return _Asked(request, url, tuple(sorted(known)))


def _ask(request: Request, options: argparse.Namespace) -> Ask:
    address = read_url(options.url)
    if not re.fullmatch(r"[A-Za-z_-]{1,40}", options.method):
        raise UsageError("--method: it is no method. Write it as it stands in a request, such as GET.")
    tls, literal = address.scheme == "wss", ":" in address.host or address.host.replace(".", "").isdigit()
    return Ask(
        request.target, request.headers, options.method, request.version, tls=tls,
        server_name=address.host if tls and not literal else None, port=address.port,
        address=_address(options.address, "--address") or _resolved(options.resolve, address),
        client=_address(options.client, "--client"),
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


# ---- what is shown


def _request(url: str, ask: Ask) -> dict[str, object]:
    return {"url": url, "method": ask.method, "port": ask.port, "address": ask.address, "client": ask.client}


def _frame(
    request: str, configuration: Configuration, running: dict[str, object], steps: tuple[str, ...]
) -> Frame:
    name, files = configuration.main.name, len({file.name for file in configuration.files})
    read = f"read: {name}" + (f" and {files - 1} more files" if files > 1 else "")
    version = f"nginx {running['version']} ({running['whence']})"
    return Frame(request, read, version, posixpath.dirname(name), steps)


def _text(told: Account, frame: Frame, clean: Callable[[str], str], colour: str) -> str:
    look = face(sys.stdout, colour)

    def shown(text: str) -> str:
        return printable(clean(text))

    return render(
        retold(told, shown),
        retold(frame, shown),
        width=look.width,
        colour=look.colour,
        ascii_only=look.ascii_only,
    )


def _next(told: Account, asked: _Asked, options: argparse.Namespace) -> tuple[str, ...]:
    """Return the commands that lead on: the repair where nginx passes a handshake on in vain."""
    if told.possible != "no" or not told.upstream or options.config == "-":
        return ()
    below = f" --root {shlex.quote(options.root)}" if options.root else ""
    url = shlex.quote(asked.url.partition("?")[0])
    return (f"ws101 nginx fix {shlex.quote(options.config)}{below} --url {url}",)


def _cleaner(known: Sequence[str], options: argparse.Namespace) -> Callable[[str], str]:
    """Return what takes secrets out of a text, and writes bytes as the characters that they are in UTF-8."""
    redactor = None if options.show_secrets else Redactor(known, os.urandom(8))

    def clean(text: str) -> str:
        return _characters(redactor.scrub(text) if redactor else text)

    return clean


def _characters(text: str) -> str:
    """Return the text as people wrote it: the handshake core keeps a character for each byte."""
    try:
        return text if text.isascii() else text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")
