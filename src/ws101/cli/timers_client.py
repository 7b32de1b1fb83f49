"""What the client's commands share: the profile's flags, the client that they make, and how a failure is told."""

import argparse
import asyncio
import os
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from ws101.cli.parser import Parser
from ws101.errors import Ws101Error
from ws101.timers.client import profile
from ws101.timers.client.credentials import Vault
from ws101.timers.client.login import Login
from ws101.timers.client.profile import Profile
from ws101.timers.client.refusal import NotSignedIn, Refused, Unreachable
from ws101.timers.client.rest import Account, Rest
from ws101.timers.clock import SystemClock

T = TypeVar("T")

EPILOG = (
    "Exit status: 0 done, 1 refused, or a problem was found, 2 wrong usage, 3 the service cannot be reached. Variables:"
    " WS101_TIMERS_PROFILE (the profile), WS101_TIMERS_PROFILES (the file of the profiles, beside which logins are kept),"
    " WS101_TIMERS_KEYRING=off (logins in files, not in the keyring)."
)


class Failed(Ws101Error):  # noqa: N818 - read as the fact that it is
    """A failure of the client, told with what finds out more; its exit status is the failure's own."""

    def __init__(self, error: Ws101Error, advice: str) -> None:
        super().__init__(f"{str(error).rstrip('.')}. {advice}")
        self.exit_status = error.exit_status


class Client(Struct, frozen=True):
    """One profile's client."""

    profile: Profile
    login: Login
    account: Account


def parser(name: str, about: str) -> Parser:
    """Return a command's parser with the flags that every command has."""
    made = Parser(prog=f"ws101 timers {name}", description=about, epilog=EPILOG)
    made.add_argument("--profile", metavar="NAME", help="which service: dev (default), prod, …")
    return made


def add_colour(parser: Parser) -> None:
    """Add the flag for colour."""
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)"
    )


def client(options: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> Client:
    """Return the client of the profile that the flags or the environment name."""
    return made(
        profile.load(profile.path(environ), options.profile or environ.get("WS101_TIMERS_PROFILE")), environ
    )


def made(chosen: Profile, environ: Mapping[str, str] = os.environ) -> Client:
    """Return the client of a profile."""
    clock = SystemClock()
    rest = Rest(chosen, clock)
    login = Login(chosen, Vault(profile.path(environ).parent, environ), rest, clock)
    return Client(chosen, login, Account(rest, login))


def run(work: Coroutine[Any, Any, T], used: Client) -> T:
    """Run a command's work; a failure on the way to the service comes with the command that finds out why."""
    try:
        return asyncio.run(work)
    except Unreachable as error:
        raise Failed(error, f"Find out why: {check(used.profile)}") from None
    except Refused as error:
        if error.refusal.asks_for_login:
            raise NotSignedIn(
                used.profile.name, f"{error.refusal.title}: {error.refusal.detail.rstrip('.')}"
            ) from None
        if error.refusal.documented:
            raise
        raise Failed(error, f"Find out why: {check(used.profile)}") from None


def check(used: Profile) -> str:
    """Return the command that examines this profile's handshake."""
    trusted = f" --cacert {used.ca_file}" if used.ca_file else ""
    return f"ws101 check {used.socket_url}{trusted}"
