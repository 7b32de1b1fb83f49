"""`ws101 timers add-user`: makes an account on the service's own machine, with or without a running service."""

import asyncio
import getpass
import os
import sys
from collections.abc import Sequence

import msgspec

from ws101.cli import streams, timers_settings
from ws101.errors import UnreadableInput, UsageError
from ws101.timers.account import Register, User
from ws101.timers.clock import SystemClock
from ws101.timers.server.accounts import Accounts
from ws101.timers.server.directory import Directory
from ws101.timers.server.keys import open_keys
from ws101.timers.server.tokens import Minter
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import Store


def main(arguments: Sequence[str]) -> int:
    """Make the account."""
    about = (
        "Make an account where registration is closed, or for an administrator (--admin names who is one)."
    )
    parser = timers_settings.parser("add-user", about, "EMAIL")
    parser.add_argument("email", metavar="EMAIL", help="the e-mail address")
    parser.add_argument("--name", metavar="NAME", help="what the user is called (default: the address)")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    options = parser.parse_args(arguments)
    settings = timers_settings.settings(options, os.environ)
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else _ask()
    given = {"email": options.email, "name": options.name or options.email, "password": password}
    try:
        said = msgspec.convert(given, Register)
    except msgspec.ValidationError as error:
        raise UsageError(f"the account cannot be made: {error}.") from None
    user = asyncio.run(_add(settings, said))
    streams.say(f"{user.email} has an account{', as an administrator' if user.admin else ''}.\n")
    return 0


def _ask() -> str:
    try:
        password = getpass.getpass("Password: ")
        again = getpass.getpass("Once more: ")
    except EOFError:
        raise UsageError("there is no terminal to ask for the password. Use --password-stdin.") from None
    if password != again:
        raise UsageError("the two passwords differ. Try again.")
    return password


async def _add(settings: ServiceSettings, said: Register) -> User:
    path = Directory(settings.data).database
    if not path.exists():
        raise UnreadableInput(
            str(path), "there is no database", "Start the service once, or name its --data directory."
        )
    clock = SystemClock()
    store = Store(path)
    accounts = Accounts(
        store, clock, settings, Minter(open_keys(settings, clock.now()), settings), lambda *_: None
    )
    try:
        return await accounts.add(said.name, said.email, said.password)
    finally:
        accounts.close()
        await store.close()
