"""The flags of the timer service, made from its settings, and the settings that flags, environment and file make together."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from ws101.cli import values
from ws101.cli.parser import Parser
from ws101.errors import UnreadableInput
from ws101.timers.server.configuration import ABOUT, PREFIX, SETTINGS, Setting, configure
from ws101.timers.settings import ServiceSettings

_METAVARS = {
    "port": "PORT", "host": "ADDRESS", "data": "DIRECTORY", "algorithm": "NAME", "log": "FORM", "admins": "EMAIL",
    "origins": "ORIGIN", "trusted_proxies": "NETWORK", "metrics_from": "NETWORK",
}  # fmt: skip


def parser(name: str, about: str, operands: str = "") -> Parser:
    """Return a parser with every setting as a flag; `operands` are what its usage shows behind the flags."""
    found = Parser(
        prog=f"ws101 timers {name}",
        usage=f"ws101 timers {name} [--flag …]{' ' + operands if operands else ''}",
        description=about,
        epilog=f"Each flag is also a variable ({PREFIX}PORT for --port; lists by commas) and a key of the file (port = 8080;"
        " tls_key = …). A flag comes before a variable, a variable before the file.",
    )
    found.add_argument("--config", metavar="FILE", help="read settings from this TOML file")
    group = found.add_argument_group("settings")
    for setting in SETTINGS:
        _add(group, setting)
    return found


def _add(group: argparse._ArgumentGroup, setting: Setting) -> None:
    about = f"{ABOUT[setting.name]}{_default(setting)}".replace("%", "%%")
    if setting.kind is bool:
        group.add_argument(
            setting.flag, dest=setting.name, action=argparse.BooleanOptionalAction, default=None, help=about
        )
        return
    metavar = _METAVARS.get(setting.name) or (
        "FILE" if setting.is_path else "N" if setting.kind in {int, float} else "TEXT"
    )
    action = "append" if setting.is_list else "store"
    group.add_argument(setting.flag, dest=setting.name, action=action, metavar=metavar, help=about)


def _default(setting: Setting) -> str:
    if setting.kind is bool:
        return f" (default: {'yes' if setting.default else 'no'})"
    shown = ", ".join(setting.default) if setting.is_list else setting.default
    shown = f"{shown:g}" if setting.kind is float else shown
    more = " (repeatable" if setting.is_list else ""
    if shown in {None, ""}:
        return f"{more})" if more else ""
    return f"{more}; default {shown})" if more else f" (default {shown})"


def settings(options: argparse.Namespace, environ: Mapping[str, str]) -> ServiceSettings:
    """Return the settings; raises UsageError and UnreadableInput."""
    if options.config is None:
        return configure(vars(options), environ)
    try:
        text = values.read_file(options.config, "--config").decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableInput(
            f"--config {options.config}", "it is no text in UTF-8", "Name a TOML file."
        ) from None
    return configure(vars(options), environ, text, Path(options.config))
