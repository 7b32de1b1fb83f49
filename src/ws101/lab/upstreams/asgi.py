"""uvicorn, for the ASGI apps of the lab; the policy's `variant` is its --ws."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from ws101.lab.upstreams.policy import Policy


@asynccontextmanager
async def serving_app(app: Any, policy: Policy) -> AsyncIterator[int]:
    """Serve while the block runs; yield the port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    implementation: Any = policy.variant or "auto"
    tls = {"ssl_certfile": f"{policy.certificate}.pem", "ssl_keyfile": f"{policy.certificate}.key"}
    config = uvicorn.Config(
        app,
        ws=implementation,
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=1,
        **(tls if policy.certificate else {}),  # type: ignore[arg-type]
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.is_up.wait()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """A server that says when it is up, and leaves the signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
