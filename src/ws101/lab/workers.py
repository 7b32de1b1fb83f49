"""The processes in which the upstreams run: one for each library, started when it is first asked for."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import ws101
from ws101.errors import Unavailable
from ws101.lab.upstreams.policy import Policy

_PACKAGES = str(Path(ws101.__file__).parent.parent)
_ANSWER_SECONDS = 30.0


class Workers:
    """The upstream processes of one lab run; `log(app)` is the file with all that a library wrote."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._workers: dict[str, _Worker] = {}

    async def start(self, app: str, policy: Policy) -> int:
        """Start a server of this app and return its port; raise Unavailable where its library is missing."""
        worker = self._workers.get(app)
        if worker is None:
            worker = self._workers[app] = _Worker(app, self.log(app))
        return await worker.ask(f"start {policy.to_json()}")

    async def stop(self, app: str, port: int) -> None:
        await self._workers[app].ask(f"stop {port}")

    def log(self, app: str) -> Path:
        return self._directory / f"{app}.log"

    async def close(self) -> None:
        """End every process, and wait until it is gone."""
        for worker in self._workers.values():
            await worker.close()


class _Worker:
    """One process; it lives while its stdin is open, so it cannot outlive this one."""

    def __init__(self, app: str, log: Path) -> None:
        self._app, self._log = app, log
        self._process: asyncio.subprocess.Process | None = None
        self._missing: Unavailable | None = None
        self._turn = asyncio.Lock()

    async def ask(self, line: str) -> int:
        async with self._turn:
            if self._missing:
                raise self._missing
            if self._process is None:
                await self._spawn()
            assert self._process
            assert self._process.stdin
            self._process.stdin.write(f"{line}\n".encode())
            answer = await self._answer()
        if "error" in answer:
            raise RuntimeError(f"{self._app}: {answer['error']}; see {self._log}")
        return int(answer["port"])

    async def close(self) -> None:
        if self._process is None:
            return
        assert self._process.stdin
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 5)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._process = None

    async def _spawn(self) -> None:
        """Start in a session of its own: Ctrl-C is for this process, which then closes the other's stdin."""
        path = os.pathsep.join(p for p in (_PACKAGES, os.environ.get("PYTHONPATH", "")) if p)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "ws101.lab.upstreams", self._app,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, start_new_session=True,
                env={**os.environ, "PYTHONPATH": path},
            )  # fmt: skip
        await self._answer()

    async def _answer(self) -> dict[str, Any]:
        assert self._process
        assert self._process.stdout
        line = await asyncio.wait_for(self._process.stdout.readline(), _ANSWER_SECONDS)
        if not line:
            raise RuntimeError(f"{self._app} ended unexpectedly; see {self._log}")
        answer: dict[str, Any] = json.loads(line)
        if "missing" in answer:
            self._missing = Unavailable(answer["missing"], answer["do"])
            raise self._missing
        return answer


@asynccontextmanager
async def workers() -> AsyncIterator[Workers]:
    """Keep the upstream processes for the block, so that many stacks can share them."""
    directory = Path(tempfile.mkdtemp(prefix="ws101-upstreams-"))
    opened = Workers(directory)
    try:
        yield opened
    finally:
        with suppress(ProcessLookupError):
            await opened.close()
        shutil.rmtree(directory, ignore_errors=True)
