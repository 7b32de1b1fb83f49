"""From a name to its addresses, both families, by this machine's own resolver and hosts file."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable, Mapping, Sequence

from ws101.observed import Resolution
from ws101.probe.clock import Stopwatch

Overrides = Mapping[tuple[str, int], Sequence[str]]
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6, None: socket.AF_UNSPEC}


async def resolve(
    host: str,
    port: int,
    *,
    family: int | None = None,
    overrides: Overrides | None = None,
    within: float = 5.0,
) -> Resolution:
    """Resolve a name, without duplicates and in the resolver's order; a failure is the resolution's `error`.

    `family` is 4, 6 or None for both. `overrides` maps (name, port) to addresses, as curl's --resolve does; the name
    `*` stands for every name. `within` is in seconds.
    """
    watch = Stopwatch()
    bare = host.strip("[]")
    given = _given(bare, port, overrides or {})
    if given is not None or _is_literal(bare):
        addresses = tuple(address.strip("[]") for address in given or (bare,))
        kept = tuple(dict.fromkeys(a for a in addresses if family is None or _version(a) == family))
        error = "" if kept else f"none of its addresses is IPv{family}: {', '.join(addresses)}"
        return Resolution(host, kept, error, literal=given is None, ms=watch.ms)
    try:
        async with asyncio.timeout(within):
            found = await _in_daemon(lambda: _look_up(bare, port, family))
    except TimeoutError:
        return Resolution(host, (), f"the resolver did not answer within {within:g} s", ms=watch.ms)
    except UnicodeError:
        return Resolution(host, (), "this is no valid host name (a label is empty or too long)", ms=watch.ms)
    except (OSError, ValueError) as error:
        return Resolution(
            host, (), getattr(error, "strerror", None) or "this is no valid host name", ms=watch.ms
        )
    return Resolution(host, found, ms=watch.ms)


def _given(host: str, port: int, overrides: Overrides) -> Sequence[str] | None:
    folded = {
        (name.strip("[]").lower(), number): addresses for (name, number), addresses in overrides.items()
    }
    return folded.get((host.lower(), port), folded.get(("*", port)))


def _is_literal(host: str) -> bool:
    return _version(host) is not None


def _version(address: str) -> int | None:
    try:
        return ipaddress.ip_address(address).version
    except ValueError:
        return None


def _look_up(host: str, port: int, family: int | None) -> tuple[str, ...]:
    found = socket.getaddrinfo(host, port, family=_FAMILIES[family], type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


async def _in_daemon(work: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Run `work` in a thread that the interpreter does not wait for at its exit, as it would for an executor's."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def settle(result: tuple[str, ...] | None, error: Exception | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result or ())

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - it is raised again where it is awaited
            failure = error
        try:
            loop.call_soon_threadsafe(settle, result, failure)
        except RuntimeError:
            return  # the loop was closed meanwhile: nobody waits any more

    threading.Thread(target=run, name="ws101-resolve", daemon=True).start()
    return await future
