"""Node's `ws` library, where node and the package are there; looks for it in WS101_NODE_MODULES or ./node_modules."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ws101.errors import Unavailable
from ws101.lab.upstreams.policy import Policy

_SCRIPT = Path(__file__).with_suffix(".js")


@asynccontextmanager
async def serving(policy: Policy) -> AsyncIterator[int]:
    """Serve while the block runs; yield the port."""
    node = shutil.which("node")
    modules = _modules()
    if node is None or modules is None:
        raise Unavailable(
            "node's ws", "Install node and run: npm install ws; or point WS101_NODE_MODULES to it."
        )
    process = await asyncio.create_subprocess_exec(
        node, _SCRIPT, str(modules / "ws"), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(f"{policy.to_json()}\n".encode())
        yield int(await process.stdout.readline())
    finally:
        process.stdin.close()
        await process.wait()


def _modules() -> Path | None:
    modules = Path(os.environ.get("WS101_NODE_MODULES", "node_modules")).absolute()
    return modules if (modules / "ws").is_dir() else None
