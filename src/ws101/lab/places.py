"""The places that a stack's text can name: ports that refuse or drop, other servers, forward proxies, further listeners."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from msgspec.structs import replace

from ws101.lab.stack import SERVERS, Upstream
from ws101.lab.upstreams.policy import Policy
from ws101.lab.workers import Workers

Place = AbstractAsyncContextManager[int]


@asynccontextmanager
async def server(
    workers: Workers, upstream: Upstream, secret: str, certificate: str = ""
) -> AsyncIterator[int]:
    """Run a server while the block runs; yield its port."""
    policy = replace(upstream.policy, secret=secret, certificate=certificate or upstream.policy.certificate)
    port = await workers.start(upstream.app, policy)
    try:
        yield port
    finally:
        await workers.stop(upstream.app, port)


@asynccontextmanager
async def refusing() -> AsyncIterator[int]:
    """Hold a port that is bound and does not listen, so that every connection to it is refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@asynccontextmanager
async def dropping() -> AsyncIterator[int]:
    """Hold a listening port whose queue is full, so that the system drops each further SYN."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(0)
        port = held.getsockname()[1]
        fillers = [_dialling(port) for _ in range(4)]
        try:
            yield port
        finally:
            for filler in fillers:
                filler.close()


def _dialling(port: int) -> socket.socket:
    filler = socket.socket()
    filler.settimeout(0)
    filler.connect_ex(("127.0.0.1", port))
    return filler


def named(name: str, detail: str, workers: Workers, secret: str, certificates: str) -> Place:
    """Return the place of this name; raise KeyError for one that is not known."""
    openers: dict[str, Callable[[], Place]] = {
        "refusing": refusing,
        "dropping": dropping,
        "app": lambda: server(workers, SERVERS[detail], secret),
        "tls": lambda: server(workers, SERVERS[detail], secret, f"{certificates}/good"),
        "raw": lambda: server(workers, Upstream("raw_app", Policy(scenario=detail)), secret),
        "connect": lambda: server(workers, Upstream("connect_app", Policy(scenario=detail)), secret),
    }
    return openers[name]()
