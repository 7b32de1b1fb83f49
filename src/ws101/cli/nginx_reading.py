"""The flags that name a configuration of nginx and the version of the nginx that reads it."""

import argparse
import os
from pathlib import Path

from ws101.errors import UnreadableInput, UsageError
from ws101.nginx.ask import NEWEST, Version

_SHOWN = 40  # characters of a value that are repeated in a complaint


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    parser.add_argument(
        "config",
        metavar="CONFIG",
        help="a file, a directory with an nginx.conf, or `-` for a dump of nginx -T",
    )
    group = parser.add_argument_group("which nginx")
    group.add_argument(
        "--root", metavar="DIR", help="the directory that stands for /, laid out as in a container"
    )
    group.add_argument("--nginx-version", metavar="VERSION", help="the version that runs, such as 1.24.0")
    group.add_argument("--nginx-binary", metavar="FILE", help="ask this nginx for its version")
    group.add_argument(
        "--server-header",
        metavar="TEXT",
        help="take the version from this Server field, such as nginx/1.24.0",
    )


def version(options: argparse.Namespace) -> tuple[Version, str, bool]:
    """Return the version, how it is known in words, and whether it is known at all; raises UsageError."""
    if options.nginx_version is not None:
        from ws101.configured import version_of

        found = version_of(options.nginx_version.removeprefix("nginx/"))
        if found is None:
            raise UsageError(
                f"--nginx-version {options.nginx_version[:_SHOWN]!r} is no version. "
                "Write it as `nginx -v` does, such as 1.24.0."
            )
        return found, "--nginx-version", True
    if options.nginx_binary is not None:
        return _of_binary(options.nginx_binary), "--nginx-binary, by its -v", True
    if options.server_header is not None:
        from ws101.configured import version_in

        found = version_in(options.server_header.removeprefix("Server:").strip())
        if found is not None:
            return found, "the Server field", True
        return NEWEST, "assumed, the newest known: the Server field names none", False
    return NEWEST, "assumed, the newest known; --nginx-version tells", False


def _of_binary(path: str) -> Version:
    from ws101.lab import nginx

    found = nginx.version(program(path))
    if not found:
        raise UnreadableInput(
            f"--nginx-binary {path}", "it does not tell a version of nginx with -v", "Name nginx itself."
        )
    return found


def program(path: str) -> Path:
    """Return where a program lies that the user named; raises UnreadableInput where it is none."""
    if not Path(path).is_file() or not os.access(path, os.X_OK):
        raise UnreadableInput(
            f"--nginx-binary {path}", "it is no program", "Name nginx itself, such as /usr/sbin/nginx."
        )
    return Path(path).absolute()
