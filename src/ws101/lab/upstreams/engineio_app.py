"""python-engineio on uvicorn, at /socket.io/ as Socket.IO has it; it asks nobody for a token."""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ws101.lab.upstreams.asgi import serving_app
from ws101.lab.upstreams.policy import Policy


@asynccontextmanager
async def serving(policy: Policy) -> AsyncIterator[int]:
    """Serve while the block runs; yield the port."""
    engineio = importlib.import_module("engineio")  # it has no types
    app = engineio.ASGIApp(engineio.AsyncServer(async_mode="asgi"), engineio_path="socket.io")
    async with serving_app(app, policy) as port:
        yield port
