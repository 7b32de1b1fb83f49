"""`ws101 timers login` and `logout`: begins and ends the session of a profile; no password is ever an argument."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path

from ws101.cli import streams, timers_client, values
from ws101.cli.parser import Parser
from ws101.cli.timers_client import Client
from ws101.errors import UsageError
from ws101.redact import printable
from ws101.timers.account import SignedIn
from ws101.timers.client import profile
from ws101.timers.client.profile import Profile


def main(arguments: Sequence[str]) -> int:
    """Sign in or out; the first word says which."""
    return _logout(arguments[1:]) if arguments[0] == "logout" else _login(arguments[1:])


def parser() -> Parser:
    """Return the parser of `login`."""
    made = timers_client.parser(
        "login", "Sign in to a profile's service. Password and address are asked for."
    )
    made.add_argument(
        "--url", metavar="URL", help="the service's address, which the profile keeps: https://host[:port]"
    )
    made.add_argument(
        "--cacert", metavar="FILE", help="trust this file's authorities; the profile keeps it too"
    )
    made.add_argument("--email", metavar="ADDRESS", help="who signs in")
    made.add_argument("--register", action="store_true", help="make the account first")
    made.add_argument(
        "--name", metavar="NAME", help="with --register: what you are called (default: the address)"
    )
    made.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    return made


def _login(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    used = _chosen(options)
    email = options.email or _ask_email(options)
    password = _password(options)
    granted = timers_client.run(_sign_in(used, options, email, password), used)
    kept = _keep(options, used.profile)
    name = used.profile.name
    streams.say(
        f"Signed in to {name} ({used.profile.url}) as {printable(granted.user.email)}.\n"
        f"The login is kept in {used.login.vault.kept_in(name)}{kept}.\n"
    )
    return 0


def _logout(arguments: Sequence[str]) -> int:
    options = timers_client.parser("logout", "End the session, and forget the login.").parse_args(arguments)
    used = timers_client.client(options)
    timers_client.run(used.login.sign_out(), used)
    streams.say(f"Signed out of {used.profile.name}.\n")
    return 0


async def _sign_in(used: Client, options: argparse.Namespace, email: str, password: str) -> SignedIn:
    if options.register:
        return await used.login.register(options.name or email, email, password)
    return await used.login.sign_in(email, password)


def _chosen(options: argparse.Namespace) -> Client:
    """The client of the profile as the flags make it; a new profile needs --url."""
    if options.cacert:
        values.check_regular(options.cacert, "--cacert")
    if options.url is None and options.cacert is None:
        used = timers_client.client(options)
    else:
        name = profile.check_name(options.profile or profile.DEFAULT)
        url = options.url or profile.load(profile.path(), options.profile).url
        trusted = str(Path(options.cacert).absolute()) if options.cacert else None
        used = timers_client.made(Profile(name, profile.check_url(url), trusted))
    if not used.profile.tls and not used.profile.is_here:
        streams.complain(
            f"Note: {used.profile.url} is not encrypted, and everyone on the way can read the password. Use https://."
        )
    return used


def _keep(options: argparse.Namespace, used: Profile) -> str:
    """Write the profile where a flag made it; return what to say of that."""
    if options.url is None and options.cacert is None:
        return ""
    profile.save(profile.path(), used)
    return f", the profile in {profile.path()}"


def _ask_email(options: argparse.Namespace) -> str:
    if options.password_stdin:
        raise UsageError("--password-stdin leaves nowhere to ask for the address. Give --email too.")
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask on. Give --email and --password-stdin.")
    sys.stderr.write("E-mail address: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _password(options: argparse.Namespace) -> str:
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask for the password. Use --password-stdin.")
    try:
        password = getpass.getpass("Password: ")
        again = getpass.getpass("Once more: ") if options.register else password
    except EOFError:
        raise UsageError("no password was given.") from None
    if password != again:
        raise UsageError("the two passwords differ. Try again.")
    return password
