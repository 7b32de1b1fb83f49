"""`ws101 nginx lint CONFIG`: what in a configuration breaks the handshakes of its WebSockets, or their sockets."""

import argparse
import difflib
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NoReturn

from ws101.cli import nginx_reading, show, streams
from ws101.cli.parser import Parser
from ws101.cli.terminal import face
from ws101.errors import UnreadableInput, UsageError
from ws101.nginx.include import Configuration
from ws101.nginx.lint import Linted, lint
from ws101.nginx.model import understand
from ws101.nginx.rule import Rule, Scene, Severity
from ws101.nginx.rules import BY_NAME, RULES
from ws101.nginx.secret import secrets
from ws101.nginx.sockets import find
from ws101.probe.nginx_files import open_configuration, place_of
from ws101.redact import Redactor, printable

_MOST_REPAIRED = 40  # findings whose repair is shown, too; to make it takes as long as to find them
FORMATS = ("text", "json", "sarif", "github", "markdown")


def main(arguments: Sequence[str]) -> int:
    """Judge a configuration by the WebSockets that it serves, and return the exit status."""
    options = parser().parse_args(arguments)
    show.check_writable(options.output, "--output")
    with _keeping_all():
        result, locate = _judged(options)
        _write(result, options, locate)
    return result.exit_status


def _judged(options: argparse.Namespace) -> tuple[Linted, Callable[[str], str]]:
    """Return what was found, and what gives the path that a file is shown by."""
    opened = open_configuration(options.config, options.root)
    nginx, _, known = nginx_reading.version(options)
    model = understand(opened.configuration)
    found = find(model, nginx, options.url, _log_lines(options.access_log))
    scene = Scene(model, nginx, found.ways, version_known=known)
    result = lint(scene, found, _rules(options), frozenset(BY_NAME))
    return result.from_severity(Severity(options.min_severity)), str if opened.dump else _locating(
        options.root
    )


@contextmanager
def _keeping_all() -> Iterator[None]:
    """Leave the collector out: a configuration's tree lives until the end, and to walk it again and again takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # nor is it to be walked when the process ends
        if was:
            gc.enable()


def parser() -> Parser:
    """Return the parser of this command's flags."""
    made = Parser(
        prog="ws101 nginx lint",
        description="What in a configuration of nginx breaks WebSockets. Only locations that serve WebSockets are judged: those "
        "that --url or --access-log tell, else those that bear signs of it, such as a line for Upgrade or a path like /ws.",
        epilog="Exit status: 0 nothing was found; 1 something was; 2 unreadable input; 3 a part was not read, or nothing was "
        "found and not all could be looked at. A comment `# ws101: ignore RULE -- reason` on the line or above lets a finding pass.",
    )
    made.add_argument("--url", action="append", default=[], metavar="URL",
                      help="a WebSocket that is served, as its client asks for it (repeatable)")  # fmt: skip
    made.add_argument("--access-log", action="append", default=[], metavar="FILE",
                      help="an access log whose lines with status 101 tell the WebSockets (repeatable)")  # fmt: skip
    made.add_argument(
        "--rule", action="append", default=[], metavar="NAME", help="this rule alone (repeatable)"
    )
    made.add_argument("--min-severity", choices=("error", "warning", "note"), default="warning",
                      help="leave out what weighs less (default: warning)")  # fmt: skip
    nginx_reading.add_flags(made)
    about = made.add_argument_group("about the rules")
    about.add_argument("--list", action=_Listing, nargs=0, help="name all rules")
    about.add_argument("--explain", action=_Page, metavar="NAME", help="the page of one rule")
    output = made.add_argument_group("output")
    output.add_argument(
        "--format", choices=FORMATS, default="text", help="text (default), json, sarif, github or markdown"
    )
    output.add_argument(
        "--json", action="store_const", const="json", dest="format", help="the same as --format json"
    )
    output.add_argument("-o", "--output", metavar="FILE", help="write to FILE instead of the terminal")
    output.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)"
    )
    return made


# ---- what is judged


def _rules(options: argparse.Namespace) -> tuple[Rule, ...]:
    return tuple(map(_rule, options.rule)) or RULES


def _rule(name: str) -> Rule:
    rule = BY_NAME.get(name.strip().lower())
    if rule is None:
        near = difflib.get_close_matches(name, BY_NAME, n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(near)}?" if near else "`ws101 nginx lint --list` names them all."
        raise UsageError(f"there is no rule {name[:60]!r}. {hint}")
    return rule


def _log_lines(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        try:
            with Path(path).open(encoding="utf-8", errors="replace") as file:
                yield from file
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no path"
            raise UnreadableInput(f"--access-log {path}", why, "Name an access log of nginx.") from None


def _locating(root: str | None) -> Callable[[str], str]:
    """Return what gives a file's path on this disk, from here where it lies below: what editors and code scanning want."""

    def locate(name: str) -> str:
        try:
            path = place_of(name, root) if root else Path(name)
            return (
                str(path.relative_to(Path.cwd()))
                if path.is_absolute() and path.is_relative_to(Path.cwd())
                else str(path)
            )
        except (OSError, ValueError):
            return name

    return locate


# ---- what is shown


def _write(result: Linted, options: argparse.Namespace, locate: Callable[[str], str]) -> None:
    from ws101.render.nginx_lint import FORMATS as RENDERERS
    from ws101.render.nginx_lint import text
    from ws101.render.nginx_lint.shown import cleaned, shown

    changes = options.format in {"json", "sarif"} or len(result.findings) <= _MOST_REPAIRED
    plain = shown(options.config, result, locate, changes=changes, root=options.root or "")
    plain = cleaned(plain, _cleaning(result.configuration))
    look = face(sys.stdout, options.color if not options.output else "never")
    if options.format == "text":
        said = text.render(plain, width=look.width, colour=look.colour, ascii_only=look.ascii_only)
    else:
        said = RENDERERS[options.format](plain)
    if options.output:
        show.write_file(options.output, said)
    else:
        streams.say(said, always_utf8=options.format != "text")


def _cleaning(configuration: Configuration) -> Callable[[str], str]:
    """Return what takes secrets and control characters but line ends out of a text; one that comes again is not looked at again."""
    scrub = Redactor(secrets(configuration), os.urandom(16)).scrub
    return cache(lambda text: "\r\n".join(printable(line, keep="\t\n") for line in scrub(text).split("\r\n")))


class _Listing(argparse.Action):
    """Names all rules and ends, as --help does: no configuration is needed."""

    def __call__(self, *_: object) -> NoReturn:
        streams.say(listing(RULES))
        raise SystemExit(0)


class _Page(argparse.Action):
    """Shows the page of one rule and ends."""

    def __call__(self, *given: object) -> NoReturn:
        from ws101.render.page import render_page

        rule, look = _rule(str(given[2])), face(sys.stdout, "auto")
        page = render_page(
            rule.name, rule.page or "", width=look.width, colour=look.colour, ascii_only=look.ascii_only
        )
        streams.say(page)
        raise SystemExit(0)


def listing(rules: Sequence[Rule]) -> str:
    """Return all rules in the order in which a handshake meets them, with their weight and title."""
    return "".join(f"  {rule.name:<28} {rule.severity.value:<8} {rule.title}\n" for rule in rules)
