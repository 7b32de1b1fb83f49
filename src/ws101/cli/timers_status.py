"""`ws101 timers status`: the profile, the service, the login, the socket and the clocks, each as it is found now."""

import asyncio
from collections.abc import Sequence

from ws101.cli import streams, timers_client
from ws101.cli.timers_client import Client
from ws101.errors import Ws101Error
from ws101.timers.client import profile
from ws101.timers.client.connection import Closed, Place, connect
from ws101.timers.client.look import measure
from ws101.timers.client.refusal import NotSignedIn, Refused, Unreachable
from ws101.timers.clock import SystemClock

_PATIENCE = 15.0  # seconds for the socket and its pings
_Row = tuple[str, str]


def main(arguments: Sequence[str]) -> int:
    """Show them; the exit status is that of the first thing that is not well."""
    parser = timers_client.parser(
        "status", "Show the profile, the service, the login and the clocks as they are now."
    )
    parser.add_argument(
        "--verbose", action="store_true", help="write the log lines of the handshake to stderr"
    )
    options = parser.parse_args(arguments)
    used = timers_client.client(options)
    errors: list[Ws101Error] = []
    rows = asyncio.run(_look(used, errors, verbose=options.verbose))
    streams.say("".join(f"{name:<11}{text}\n" for name, text in rows))
    if any(isinstance(error, Unreachable) for error in errors):
        streams.complain(f"Find out why: {timers_client.check(used.profile)}")
    return errors[0].exit_status if errors else 0


async def _look(used: Client, errors: list[Ws101Error], *, verbose: bool) -> list[_Row]:
    rows = [("profile", f"{used.profile.name}, in {profile.path()}"), ("service", used.profile.url)]
    health = await _health(used, errors)
    rows.append(("health", health))
    if errors:
        return [*rows, ("signed in", _login(used))]
    try:
        token = await used.login.access()
        rows.append(("signed in", _login(used)))
        rows += await _socket(used, token, verbose=verbose)
    except (NotSignedIn, Refused, Unreachable) as error:
        errors.append(error)
        rows.append(("signed in" if isinstance(error, NotSignedIn) else "socket", str(error)))
    return rows


async def _health(used: Client, errors: list[Ws101Error]) -> str:
    try:
        await used.login.rest.health("/health")
        await used.login.rest.health("/ready")
    except (Refused, Unreachable) as error:
        errors.append(error)
        return str(error)
    return "alive, and takes new work"


def _login(used: Client) -> str:
    try:
        kept = used.login.credentials()
    except NotSignedIn as error:
        return str(error)
    left = (kept.expires_at - SystemClock().now()) // 1000
    token = (
        f"its token is good for {left // 60} min {left % 60:02} s" if left > 0 else "its token has expired"
    )
    return f"{kept.email}, kept in {used.login.vault.kept_in(used.profile.name)}; {token}, and is renewed by itself"


async def _socket(used: Client, token: str, *, verbose: bool) -> list[_Row]:
    def log(lines: list[str]) -> None:
        if verbose:
            streams.complain("\n".join(lines))

    clock = SystemClock()
    began = clock.monotonic()
    connection = await connect(Place(used.profile, {}, token), clock, log)
    opened = clock.monotonic()
    try:
        async with asyncio.timeout(_PATIENCE):
            best = (await measure(connection, clock)).best
    except (Closed, TimeoutError, ValueError):
        raise Unreachable(used.profile.socket_url, "the socket opened, and no ping was answered") from None
    finally:
        await connection.close()
    assert best is not None
    ahead = best.offset + clock.monotonic() * 1000 - clock.now()
    side = "ahead of" if ahead >= 0 else "behind"
    return [
        ("socket", f"{used.profile.socket_url} opens in {(opened - began) * 1000:.0f} ms"),
        (
            "clock",
            f"the service's is {abs(ahead):.0f} ms {side} this machine's (± {max(best.round_trip / 2, 1):.0f} ms)",
        ),
    ]
