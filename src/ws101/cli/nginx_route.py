"""`ws101 nginx route URL CONFIG`: which server and location answer a handshake, and what upstream sees of it."""

import argparse
import os
import posixpath
import sys
from collections.abc import Callable, Sequence

from ws101.cli import nginx_asking, nginx_reading, streams
from ws101.cli.parser import Parser
from ws101.cli.terminal import face
from ws101.nginx.account import Account, account, retold
from ws101.nginx.ask import Ask
from ws101.nginx.include import Configuration
from ws101.nginx.model import understand
from ws101.nginx.secret import secrets as secrets_in
from ws101.probe.nginx_files import read_configuration
from ws101.redact import Redactor, printable
from ws101.render.nginx_route import Frame, render

_STATUS = {"yes": 0, "no": 1, "unknown": 3}


def main(arguments: Sequence[str]) -> int:
    """Read, follow, show; 0 where a 101 is possible, 1 where it is not, 3 where that cannot be told."""
    options = parser().parse_args(arguments)
    nginx, whence, known = nginx_reading.version(options)
    asked = nginx_asking.asked(options)
    ask = nginx_asking.ask(asked.request, options, nginx)
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
    nginx_asking.add_request_flags(made.add_argument_group("how your client speaks"))
    nginx_asking.add_way_flags(made.add_argument_group("the way"))
    output = made.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="as JSON")
    output.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)"
    )
    output.add_argument("--show-secrets", action="store_true", help="do not redact tokens and cookies")
    return made


# ---- what is shown


def _request(url: str, ask: Ask) -> dict[str, object]:
    return {"url": url, "method": ask.method, "port": ask.port, "address": ask.address, "client": ask.client}


def _frame(
    request: str, configuration: Configuration, running: dict[str, object], steps: tuple[str, ...]
) -> Frame:
    name, files = configuration.main.name, len({file.name for file in configuration.files})
    read = f"read: {name}" + (f" and {files - 1} more file{'s' * (files > 2)}" if files > 1 else "")
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


def _next(told: Account, asked: nginx_asking.Asked, options: argparse.Namespace) -> tuple[str, ...]:
    """Return the commands that lead on: the repair where nginx passes a handshake on in vain."""
    if told.possible != "no" or not told.upstream or options.config == "-":
        return ()
    import shlex

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
