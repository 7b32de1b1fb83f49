"""One lab for a module's tests: the servers' processes are kept, every stack is the test's own."""

import asyncio
from contextlib import AsyncExitStack, contextmanager

import pytest

from ws101.errors import Unavailable
from ws101.lab.running import running
from ws101.lab.workers import workers


class Lab:
    """The lab as plain calls: every coroutine runs on one loop."""

    def __init__(self, runner: asyncio.Runner, pool) -> None:
        self.runner, self.pool = runner, pool

    @contextmanager
    def running(self, stack, binary=None):
        """Run a stack; skip the test where a program or library is missing."""
        exits = AsyncExitStack()
        try:
            yield self.runner.run(exits.enter_async_context(running(stack, self.pool, binary)))
        except Unavailable as missing:
            pytest.skip(str(missing))
        finally:
            self.runner.run(exits.aclose())


@pytest.fixture(scope="module")
def lab():
    with asyncio.Runner() as runner:
        keeping = workers()
        pool = runner.run(keeping.__aenter__())
        try:
            yield Lab(runner, pool)
        finally:
            runner.run(keeping.__aexit__(None, None, None))
