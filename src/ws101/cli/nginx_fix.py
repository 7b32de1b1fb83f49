"""`ws101 nginx fix CONFIG --url URL`: the repair as a diff, its proof on real nginx, and with --apply the files."""

import argparse
import asyncio
import io
import os
import posixpath
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from ws101.cli import nginx_asking, streams
from ws101.cli.nginx_apply import Test, Written, changed, write
from ws101.cli.nginx_fix_shown import Case, Text, as_json
from ws101.cli.nginx_reading import program
from ws101.cli.parser import Parser
from ws101.cli.terminal import face
from ws101.errors import Unavailable, UsageError
from ws101.lab.nginx import Binary, binaries, version
from ws101.lab.sandbox import Trial, try_out
from ws101.nginx.arrival import arrive
from ws101.nginx.ask import Ask, Version
from ws101.nginx.edit import by_file
from ws101.nginx.fragment import completed
from ws101.nginx.mend import Mended, mend
from ws101.nginx.model import understand
from ws101.nginx.radius import radius
from ws101.nginx.repairs import BY_CAUSE
from ws101.nginx.secret import secrets
from ws101.nginx.simulate import HTTP_1_1
from ws101.nginx.tree import walk
from ws101.probe.nginx_files import Opened, open_configuration, place_of
from ws101.redact import Redactor, printable
from ws101.render.ink import Ink

ANY: Version = (1, 22, 1)  # what is written for it suits every later version, too
Trials = tuple[Trial | None, Trial | None]


class Nginx(Struct, frozen=True):
    """Which nginx is meant, and which one tries the repair; `known` says how the version is known."""

    version: Version
    known: str
    binary: Binary | None = None


def main(arguments: Sequence[str]) -> int:
    """Repair a configuration for one handshake, and return the exit status."""
    options = parser().parse_args(arguments)
    opened = open_configuration(options.config, options.root)
    if options.apply and opened.dump:
        raise UsageError(
            "--apply: a dump of `nginx -T` is no file of nginx's. Name the configuration itself."
        )
    case = _case(opened, options)
    if not options.json:
        _show(case, options)
    mended = case.mended
    written = _applied(mended, options) if options.apply and mended.made and not case.disproven else None
    _end(case, written, options)
    return _status(case, written)


def _case(opened: Opened, options: argparse.Namespace) -> Case:
    """Repair, and try it."""
    server = _nginx(options, elsewhere=opened.dump or options.root is not None)
    asked = nginx_asking.asked(options)
    wanted = nginx_asking.ask(asked.request, options, server.version)
    known = understand(opened.configuration)
    model, granted = completed(known, wanted)
    if model.servers and not known.servers:
        raise UsageError(
            f"{options.config}: it holds locations without their server, and a map cannot stand there. "
            "Name the main file, which includes it, such as /etc/nginx/nginx.conf."
        )
    arrival = arrive(model, wanted)
    mended = mend(opened.configuration, arrival.ask, _causes(options.mend), unsafe=options.unsafe)
    touched = radius(mended.before, mended.after, arrival.ask) if mended.made else ()
    trials, untried = _tried(mended, arrival.ask, server, options)
    return Case(
        mended, arrival.ask, server.known, touched, *trials, untried,
        assumed=(*granted, *arrival.assumed),
        clean=Redactor([*asked.secrets, *secrets(opened.configuration)], os.urandom(8)).scrub,
        dump=opened.dump,
    )  # fmt: skip


def parser() -> Parser:
    """Return the parser of this command's flags."""
    made = Parser(
        prog="ws101 nginx fix",
        description="Repair a configuration of nginx for one WebSocket: the diff, what else it changes, and the proof on real nginx.",
        epilog="Exit status: 0 nothing to repair, or repaired with --apply; 1 there is something to repair; 2 unreadable input; "
        "3 a part of the configuration could not be read.",
    )
    made.add_argument(
        "config",
        metavar="CONFIG",
        help="a file, a directory with an nginx.conf, or `-` for a dump of nginx -T",
    )
    made.add_argument("--url", required=True, metavar="URL", help="the WebSocket, as its client asks for it")
    made.add_argument("--mend", action="append", default=[], metavar="CAUSE",
                      help="mend this cause, too, as `ws101 check` names it (repeatable)")  # fmt: skip
    made.add_argument(
        "--unsafe", action="store_true", help="make the repairs, too, that may not be what you want"
    )
    made.add_argument(
        "--apply",
        action="store_true",
        help="write the files: with a backup, and taken back if `nginx -t` refuses",
    )
    made.add_argument("--no-sandbox", action="store_true", help="do not try it on real nginx")
    made.add_argument("--root", metavar="DIR", help="the directory that stands for /, as in a container")
    made.add_argument(
        "--nginx-binary",
        metavar="FILE",
        help="the nginx that tries it and tests it (default: the one on PATH)",
    )
    made.add_argument("--nginx-version", metavar="VERSION", help="the version that the configuration is for")
    nginx_asking.add_request_flags(made.add_argument_group("how your client speaks"))
    nginx_asking.add_way_flags(made.add_argument_group("the way"))
    output = made.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="as JSON, without secrets")
    output.add_argument(
        "--diff", action="store_true", help="the diff alone, for `patch -p1`: exact, secrets and all"
    )
    output.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)"
    )
    return made


def _causes(named: Sequence[str]) -> Sequence[str]:
    """Return the causes that were named; raises UsageError where there is none of that name."""
    strange = [cause for cause in named if cause not in BY_CAUSE]
    if strange:
        import difflib

        from ws101.causes import BY_SLUG  # a repair seldom needs them all

        for cause in strange:
            if cause not in BY_SLUG:
                near = difflib.get_close_matches(cause, BY_SLUG, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"These can be mended: {', '.join(BY_CAUSE)}."
                raise UsageError(f"--mend: there is no cause {cause[:60]!r}. {hint}")
    return named


def _nginx(options: argparse.Namespace, *, elsewhere: bool) -> Nginx:
    """Return which nginx is meant: what the flags say, else the machine's own, else any; `elsewhere` tells that it is not this machine's."""
    given = program(options.nginx_binary) if options.nginx_binary else None
    here = (Binary("given", given, version(given)),) if given else binaries()[::-1]
    if options.nginx_version:
        wanted = _version(options.nginx_version)
        return Nginx(wanted, f"nginx {_text_of(wanted)}, as --nginx-version says", _most_like(wanted, here))
    binary = here[0] if here else None
    own = given is not None or not elsewhere
    if binary and binary.version and binary.name != "wheel" and own:
        return Nginx(binary.version, f"nginx {_text_of(binary.version)}, which is {binary.path}", binary)
    return Nginx(ANY, "any version of nginx, for which one runs is not known (--nginx-version tells)", binary)


def _most_like(wanted: Version, here: Sequence[Binary]) -> Binary | None:
    """Return the very version, else one that has the same defaults, else any."""

    def unlike(one: Binary) -> tuple[bool, bool]:
        return one.version != wanted, (one.version >= HTTP_1_1) != (wanted >= HTTP_1_1)

    return min(here, key=unlike, default=None)


def _version(text: str) -> Version:
    try:
        return tuple(int(part) for part in text.removeprefix("nginx/").split("."))
    except ValueError:
        raise UsageError(
            "--nginx-version: it is no version. Write it as `nginx -v` does, such as 1.24.0."
        ) from None


def _text_of(numbers: Version) -> str:
    return ".".join(map(str, numbers))


# ---- the proof


def _tried(mended: Mended, ask: Ask, server: Nginx, options: argparse.Namespace) -> tuple[Trials, str]:
    """Return the trials before and after, and why there are none."""
    if options.no_sandbox:
        return (None, None), "--no-sandbox was given"
    try:
        before = asyncio.run(try_out(mended.before, ask, binary=server.binary))
        after = asyncio.run(try_out(mended.after, ask, binary=server.binary)) if mended.made else None
    except Unavailable as lacking:
        return (None, None), str(lacking)
    return (before, after), ""


# ---- the files


def _applied(mended: Mended, options: argparse.Namespace) -> Written:
    files = [file for file, _ in by_file(mended.edits)]
    for file in files:
        if file.troubles:
            raise UsageError(
                f"{file.troubles[0].place}: {file.troubles[0].what}. --apply writes to no file that is not read whole."
            )
    after = {file.name: file.text for file in mended.after.files}
    places = {
        Path(os.path.realpath(place_of(file.name, options.root))): (file.text, after[file.name])
        for file in files
    }
    return write(changed(places), _test(mended, options), _patterns(mended, options))


def _patterns(mended: Mended, options: argparse.Namespace) -> list[str]:
    """Return what the configuration includes, as paths of this disk."""
    main = mended.before.main.name
    patterns = [
        posixpath.join(posixpath.dirname(main), directive.arguments[0])
        for directive in walk(mended.before.main.directives)
        if directive.name == "include" and directive.arguments
    ]
    return [f"{options.root}/{pattern}" if options.root else os.path.abspath(pattern) for pattern in patterns]  # noqa: PTH100 - a glob


def _test(mended: Mended, options: argparse.Namespace) -> Test:
    """Return how nginx is asked whether it takes the files."""
    if options.root:
        return Test(why="below --root the paths are not this machine's")
    if not any(directive.name == "http" for directive in mended.before.main.directives):
        return Test(
            why="this is a part of a configuration; run it for the whole, and take the backup if it fails"
        )
    system = next((str(one.path) for one in binaries() if one.name == "system"), None)
    binary = str(program(options.nginx_binary)) if options.nginx_binary else system
    if binary is None:
        return Test(why="there is no nginx on PATH (--nginx-binary names one)")
    main = os.path.abspath(place_of(mended.before.main.name))  # noqa: PTH100 - nginx takes links as they are
    return Test((binary, "-t", "-q", "-c", main))


# ---- what is said


def _show(case: Case, options: argparse.Namespace) -> None:
    """Say everything that is known before a file is written."""
    if options.diff:
        _say_exactly(case.mended.diff)
        for words in (*case.left, *case.incomplete):
            streams.complain(words)
    else:
        streams.say(_text(case, options).shown())


def _say_exactly(text: str) -> None:
    """Write bytes that `patch` can take, those that are no UTF-8 too; a terminal gets no control characters."""
    if sys.stdout.isatty() or not isinstance(sys.stdout, io.TextIOWrapper):
        streams.say("".join(f"{printable(line)}\n" for line in text.split("\n")[:-1]))
        return
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    streams.say(text)


def _end(case: Case, written: Written | None, options: argparse.Namespace) -> None:
    if options.json:
        streams.say(as_json(case, written), always_utf8=True)
    elif not options.diff or options.apply:
        end = _text(case, options).ending(written, asked=options.apply)
        streams.complain(end.rstrip("\n")) if options.diff else streams.say(end)


def _text(case: Case, options: argparse.Namespace) -> Text:
    look = face(sys.stdout, options.color)
    return Text(case, Ink(look.width, look.colour, look.ascii_only))


def _status(case: Case, written: Written | None) -> int:
    if case.incomplete:
        return 3
    if written is not None:
        return 1 if written.undone else 0
    return 0 if case.sound else 1
