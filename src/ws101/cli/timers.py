"""`ws101 timers COMMAND`: the timer service and its client; finds the command, and loads nothing before it is known."""

import importlib
from collections.abc import Sequence
from typing import NamedTuple

from ws101.cli import streams
from ws101.errors import Unavailable, UsageError


class Command(NamedTuple):
    """The module whose `main` takes the words behind the command's name (with `named`: that name too), and a help line."""

    module: str
    about: str
    named: bool = False


COMMANDS = {
    "serve": Command("timers_serve", "run the service"),
    "add-user": Command(
        "timers_add_user", "make an account on the service's own machine, an administrator's too"
    ),
    "rotate-keys": Command("timers_rotate_keys", "sign access tokens with a new key from now on"),
    "login": Command("timers_login", "sign in to a service, or --register there", named=True),
    "logout": Command("timers_login", "end the session", named=True),
    "status": Command("timers_status", "the profile, the service, the login and the clocks"),
    "lists": Command("timers_lists", "your lists and timers"),
    "new": Command("timers_new", "make a list, or a timer in one"),
    "start": Command("timers_control", "start a timer", named=True),
    "pause": Command("timers_control", "pause it", named=True),
    "resume": Command("timers_control", "let it run on", named=True),
    "stop": Command("timers_control", "stop it", named=True),
    "restart": Command("timers_control", "start it from its whole duration", named=True),
    "watch": Command("timers_watch", "show your timers live, and tell when one is over"),
}

_EXTRA = {
    "argon2",
    "httptools",
    "keyring",
    "platformdirs",
    "prometheus_client",
    "starlette",
    "uvicorn",
    "websockets",
}


def main(arguments: Sequence[str]) -> int:
    """Run a command of the timer service."""
    name = arguments[0] if arguments else "help"
    if name in {"-h", "--help", "help"}:
        streams.say(_usage())
        return 0 if arguments else 2
    if name not in COMMANDS:
        raise UsageError(f"there is no command {name.partition('=')[0][:40]!r}. {_near(name)}")
    command = COMMANDS[name]
    try:
        module = importlib.import_module(f"ws101.cli.{command.module}")
        status: int = module.main(arguments if command.named else arguments[1:])
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise Unavailable(
            f"{error.name}, which the timer service needs,", "pip install 'ws101[timers]'"
        ) from None
    return status


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  ws101 timers {name:<{width}}  {command.about}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "Timers that run on a service and are told to every device of their user.",
            "",
            *lines,
            "",
            "Each command has its own --help.",
            "",
        ]
    )


def _near(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, COMMANDS, n=1)
    return f"Did you mean {near[0]}?" if near else "`ws101 timers --help` names all."
